#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "win32.h"

enum { PARTIAL_TRIES = 100 }; /* names that are taken already; the first one is practically always free */

/*
 * Removing needs to be the only one that has the file open, which is impossible while its writer lives: see
 * collect.c.
 */
DWORD create_partial(struct partial *partial, const wchar_t *final_path) {
  LARGE_INTEGER ticks;
  for (int attempt = 0; attempt < PARTIAL_TRIES; attempt++) {
    wchar_t end[64];
    QueryPerformanceCounter(&ticks);
    swprintf(end, sizeof end / sizeof *end, L".%lu-%llu.partial", GetCurrentProcessId(),
             (unsigned long long)ticks.QuadPart);
    partial->path = joined(final_path, end, L"");
    partial->file =
        CreateFileW(system_path(partial->path), GENERIC_READ | GENERIC_WRITE,
                    FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
    if (partial->file != INVALID_HANDLE_VALUE) return 0;
    if (GetLastError() != ERROR_FILE_EXISTS) return GetLastError();
  }
  return ERROR_FILE_EXISTS;
}

bool is_out_of_space(DWORD error) {
  return error == ERROR_DISK_FULL || error == ERROR_HANDLE_DISK_FULL || error == ERROR_DISK_QUOTA_EXCEEDED;
}

DWORD rename_partial(const struct partial *partial, const wchar_t *final_path) {
  const wchar_t *path = system_path(final_path);
  size_t bytes = wcslen(path) * sizeof *path;
  FILE_RENAME_INFO *order = calloc(1, sizeof *order + bytes);
  if (!order) return ERROR_NOT_ENOUGH_MEMORY;
  order->ReplaceIfExists = TRUE;
  order->FileNameLength = (DWORD)bytes;
  memcpy(order->FileName, path, bytes);
  DWORD error =
      SetFileInformationByHandle(partial->file, FileRenameInfo, order, (DWORD)(sizeof *order + bytes))
          ? 0
          : GetLastError();
  free(order);
  return error;
}

/*
 * A program that anybody has open for writing cannot be run, and once it has its name, others run it at once.
 * So the file is opened a second time before the first handle is closed: it is never without an owner.
 */
DWORD seal_partial(struct partial *partial) {
  if (!FlushFileBuffers(partial->file)) return GetLastError();
  HANDLE file =
      CreateFileW(system_path(partial->path), GENERIC_READ | DELETE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                  OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
  if (file == INVALID_HANDLE_VALUE) return GetLastError();
  CloseHandle(partial->file);
  partial->file = file;
  return 0;
}

void discard_partial(struct partial *partial) {
  CloseHandle(partial->file);
  DeleteFileW(system_path(partial->path));
}
