#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "win32.h"

enum {
  PARTIAL_TRIES = 100, /* names that are taken already; the first one is practically always free */
  RENAME_TRIES = 10,
  RENAME_WAIT = 50, /* milliseconds before the second try; each wait is longer by as much: 2.3 s in all */
};

/* Removing needs to be the only one that has the file open, which is impossible while its writer lives: see collect_windows.c. */
DWORD create_partial(struct partial *partial, const wchar_t *final_path) {
  LARGE_INTEGER ticks;
  for (int attempt = 0; attempt < PARTIAL_TRIES; attempt++) {
    wchar_t end[64];
    QueryPerformanceCounter(&ticks);
    swprintf(end, sizeof end / sizeof *end, L".%lu-%llu.partial", GetCurrentProcessId(), (unsigned long long)ticks.QuadPart);
    partial->path = joined(final_path, end, L"");
    partial->file = CreateFileW(system_path(partial->path), GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_DELETE,
                                NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
    if (partial->file != INVALID_HANDLE_VALUE) return 0;
    if (GetLastError() != ERROR_FILE_EXISTS) return GetLastError();
  }
  return ERROR_FILE_EXISTS;
}

int is_out_of_space(DWORD error) {
  return error == ERROR_DISK_FULL || error == ERROR_HANDLE_DISK_FULL || error == ERROR_DISK_QUOTA_EXCEEDED;
}

static DWORD rename_open_file(HANDLE file, const wchar_t *path) {
  size_t bytes = wcslen(path) * sizeof *path;
  FILE_RENAME_INFO *order = calloc(1, sizeof *order + bytes);
  if (!order) return ERROR_NOT_ENOUGH_MEMORY;
  order->ReplaceIfExists = TRUE;
  order->FileNameLength = (DWORD)bytes;
  memcpy(order->FileName, path, bytes);
  DWORD error = SetFileInformationByHandle(file, FileRenameInfo, order, (DWORD)(sizeof *order + bytes)) ? 0 : GetLastError();
  free(order);
  return error;
}

/*
 * A program that anybody has open for writing cannot be run, and once it has its name, others run it at once. So the file is
 * opened a second time before the first handle is closed: it is never without an owner.
 */
DWORD publish_partial(struct partial *partial, const wchar_t *final_path) {
  if (!FlushFileBuffers(partial->file)) return GetLastError();
  HANDLE file = CreateFileW(system_path(partial->path), GENERIC_READ | DELETE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                            OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
  if (file == INVALID_HANDLE_VALUE) return GetLastError();
  CloseHandle(partial->file);
  partial->file = file;
  /* Scanners and backup programs open new files for a moment. */
  DWORD error = 0;
  for (int attempt = 1; attempt <= RENAME_TRIES; attempt++) {
    error = rename_open_file(file, system_path(final_path));
    if (error != ERROR_ACCESS_DENIED && error != ERROR_SHARING_VIOLATION) return error;
    if (attempt < RENAME_TRIES) Sleep((DWORD)(RENAME_WAIT * attempt));
  }
  return error;
}

void discard_partial(struct partial *partial) {
  CloseHandle(partial->file);
  DeleteFileW(system_path(partial->path));
}
