#include <string.h>

#include "win32.h"

enum {
  LOCK_TRIES = 500,  /* another start, or the program, has it until a small file is on disk */
  LOCK_WAIT = 10,    /* milliseconds between two tries: 5 s in all */
  REPLACE_TRIES = 7, /* scanners and backup programs have the old file open for a moment */
  REPLACE_WAIT = 50, /* milliseconds before the second try; each wait is longer by as much: 1 s in all */
};

static const wchar_t *current_path(const wchar_t *home) {
  return joined(home, L"\\current.json", L"");
}

int read_current(const struct store *store, struct current *current) {
  char text[MAX_CURRENT_BYTES + 1];
  DWORD length, error = read_small(current_path(store->home), text, sizeof text, &length);
  if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) return -1;
  if (error && error != ERROR_BAD_FILE_TYPE) {
    report(WL_CURRENT_DAMAGED, "Cannot read '%s': %s", utf8(current_path(store->home)), system_error(error));
    return -1;
  }
  if (!error && current_parse(current, text, length) == 0) return 0;
  report(WL_CURRENT_DAMAGED, "Cannot read '%s': it is damaged", utf8(current_path(store->home)));
  return -1;
}

/* Returns the open file, or INVALID_HANDLE_VALUE. Closing it releases the lock. */
static HANDLE lock_versions(const wchar_t *home) {
  HANDLE file = CreateFileW(system_path(joined(home, L"\\versions\\lock", L"")), GENERIC_READ | GENERIC_WRITE,
                            FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_ALWAYS,
                            FILE_ATTRIBUTE_NORMAL, NULL);
  for (int attempt = 1; file != INVALID_HANDLE_VALUE; attempt++) {
    OVERLAPPED start = {0};
    if (LockFileEx(file, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, MAXDWORD, MAXDWORD, &start))
      break;
    if (attempt == LOCK_TRIES) {
      CloseHandle(file);
      return INVALID_HANDLE_VALUE;
    }
    Sleep(LOCK_WAIT);
  }
  return file;
}

static DWORD replace(struct partial *partial, const wchar_t *path) {
  DWORD error = seal_partial(partial);
  for (int attempt = 1; !error; attempt++) {
    error = rename_partial(partial, path);
    if (error != ERROR_ACCESS_DENIED && error != ERROR_SHARING_VIOLATION) return error;
    if (attempt == REPLACE_TRIES) return error;
    error = 0;
    Sleep((DWORD)(REPLACE_WAIT * attempt));
  }
  return error;
}

static int write_current(const wchar_t *home, const struct current *current) {
  char text[MAX_CURRENT_BYTES];
  struct partial partial;
  DWORD written, length = (DWORD)current_format(current, text);
  const wchar_t *path = current_path(home);
  if (create_partial(&partial, path)) return -1;
  if (WriteFile(partial.file, text, length, &written, NULL) && written == length &&
      replace(&partial, path) == 0) {
    CloseHandle(partial.file);
    return 0;
  }
  discard_partial(&partial);
  return -1;
}

bool count_try(const struct store *store, struct current *current) {
  struct current now;
  bool counted = false;
  HANDLE lock = lock_versions(store->home);
  if (lock == INVALID_HANDLE_VALUE) return false;
  /* What has been read may have changed until the lock was free. */
  if (read_current(store, &now) == 0 && strcmp(now.embedded, current->embedded) == 0) {
    *current = now;
    if (current_wants_try(current)) {
      current->tries++;
      counted = write_current(store->home, current) == 0;
    }
  }
  CloseHandle(lock);
  return counted;
}
