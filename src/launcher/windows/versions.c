#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "win32.h"

enum {
  OPEN_TRIES = 10, /* who replaces the file, or a scanner, has it open for milliseconds */
  OPEN_WAIT = 10,  /* milliseconds before the second try; each wait is longer by as much: 0.5 s in all */
};

static HANDLE open_small(const wchar_t *path) {
  for (int attempt = 1;; attempt++) {
    /* A link or a folder is opened as well, and then seen to be one. */
    HANDLE file =
        CreateFileW(system_path(path), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                    NULL, OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS, NULL);
    DWORD error = file == INVALID_HANDLE_VALUE ? GetLastError() : 0;
    bool busy = error == ERROR_SHARING_VIOLATION || error == ERROR_ACCESS_DENIED;
    if (!busy || attempt == OPEN_TRIES) return SetLastError(error), file;
    Sleep((DWORD)(OPEN_WAIT * attempt));
  }
}

DWORD read_small(const wchar_t *path, void *buffer, DWORD size, DWORD *length) {
  BY_HANDLE_FILE_INFORMATION status;
  DWORD taken = 0, error = 0;
  HANDLE file = open_small(path);
  *length = 0;
  if (file == INVALID_HANDLE_VALUE) return GetLastError();
  if (GetFileType(file) != FILE_TYPE_DISK || !GetFileInformationByHandle(file, &status) ||
      status.dwFileAttributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) {
    error = ERROR_BAD_FILE_TYPE;
  }
  while (!error && *length < size) {
    if (!ReadFile(file, (char *)buffer + *length, size - *length, &taken, NULL)) error = GetLastError();
    if (taken == 0) break;
    *length += taken;
  }
  CloseHandle(file);
  return error;
}

const char *read_version(const struct store *store, const char *id, struct payload *payload) {
  static uint8_t bytes[MAX_INDEX_FILE_BYTES + 1];
  DWORD length, error = read_small(joined(joined(store->home, L"\\versions\\", wide(id)), L".index", L""),
                                   bytes, sizeof bytes, &length);
  if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) return "its index is missing";
  if (error) return "its index cannot be read";
  return payload_read_index_file(payload, bytes, length, id);
}

int name_all_components(const struct store *store, const struct payload *embedded, struct named *named) {
  WIN32_FIND_DATAW entry;
  version_id id;
  int count = 0, failed = named_add(named, embedded);
  HANDLE list = FindFirstFileW(system_path(joined(store->home, L"\\versions\\*", L"")), &entry);
  if (list == INVALID_HANDLE_VALUE) {
    DWORD error = GetLastError();
    return failed || (error != ERROR_FILE_NOT_FOUND && error != ERROR_PATH_NOT_FOUND) ? -1 : 0;
  }
  struct payload *payload = malloc(sizeof *payload);
  failed = failed || !payload;
  do {
    if (failed || !is_index_name(utf8(entry.cFileName), id)) continue;
    failed = ++count > MAX_VERSIONS || read_version(store, id, payload) || named_add(named, payload);
  } while (FindNextFileW(list, &entry));
  free(payload);
  FindClose(list);
  return failed ? -1 : 0;
}
