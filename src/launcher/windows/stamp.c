#include <stdio.h>
#include <string.h>

#include "win32.h"

enum { STAMP_BYTES = 128 }; /* four numbers of at most 20 digits each */

/*
 * The time of the last change of the file's data and not of its attributes, since virus scanners and the
 * system itself mark programs that they have seen.
 */
static int stamp_of(HANDLE file, char text[STAMP_BYTES]) {
  BY_HANDLE_FILE_INFORMATION status;
  if (!GetFileInformationByHandle(file, &status)) return -1;
  unsigned long long size = (unsigned long long)status.nFileSizeHigh << 32 | status.nFileSizeLow;
  unsigned long long time =
      (unsigned long long)status.ftLastWriteTime.dwHighDateTime << 32 | status.ftLastWriteTime.dwLowDateTime;
  unsigned long long id = (unsigned long long)status.nFileIndexHigh << 32 | status.nFileIndexLow;
  snprintf(text, STAMP_BYTES, "%llu %llu %llu %lu\n", size, time, id, status.dwVolumeSerialNumber);
  return 0;
}

static const wchar_t *stamp_path(const struct store *store, const struct component *component) {
  char name[256];
  snprintf(name, sizeof name, "\\%s-%s.stamp", component->id_text, component->name);
  return joined(store->path, wide(name), L"");
}

void write_stamp(const struct store *store, const struct component *component, HANDLE file) {
  char text[STAMP_BYTES];
  struct partial partial;
  DWORD written;
  const wchar_t *path = stamp_path(store, component);
  if (stamp_of(file, text) || create_partial(&partial, path)) return;
  if (WriteFile(partial.file, text, (DWORD)strlen(text), &written, NULL) && written == strlen(text) &&
      seal_partial(&partial) == 0 && rename_partial(&partial, path) == 0) {
    CloseHandle(partial.file);
  } else {
    discard_partial(&partial);
  }
}

bool stamp_matches(const struct store *store, const struct component *component, HANDLE file) {
  char now[STAMP_BYTES], then[STAMP_BYTES];
  DWORD length = 0;
  if (stamp_of(file, now)) return false;
  HANDLE stamp =
      CreateFileW(system_path(stamp_path(store, component)), GENERIC_READ,
                  FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
  if (stamp == INVALID_HANDLE_VALUE) return false;
  if (!ReadFile(stamp, then, sizeof then, &length, NULL)) length = 0;
  CloseHandle(stamp);
  return length == strlen(now) && memcmp(now, then, length) == 0;
}
