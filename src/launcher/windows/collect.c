#include <stdio.h>
#include <string.h>

#include "win32.h"

#define ID_CHARACTERS (2 * SHA256_BYTES)
/* What `windlass uninstall` leaves in the components folder (src/payload/FORMAT.md). */
#define UNINSTALL_MARK L"\\uninstalled"

enum {
  REMOVE_WAITS = 10, /* a process that has just ended may hold its files for a moment */
  REMOVE_WAIT = 50,  /* milliseconds before the second try; each wait is longer by as much: 2.8 s in all */
};

static const wchar_t HEXADECIMAL[] = L"0123456789abcdef";
static const wchar_t NAME_CHARACTERS[] = L"abcdefghijklmnopqrstuvwxyz0123456789-.";

/* Whether a file has a name that this program gives: "<id>-<name>", perhaps with something behind it. */
static bool is_ours(const wchar_t *name) {
  if (wcsspn(name, HEXADECIMAL) != ID_CHARACTERS || name[ID_CHARACTERS] != L'-') return false;
  const wchar_t *rest = name + ID_CHARACTERS + 1;
  return *rest != 0 && wcsspn(rest, NAME_CHARACTERS) == wcslen(rest);
}

static bool ends_with(const wchar_t *text, const wchar_t *end) {
  size_t length = wcslen(text), wanted = wcslen(end);
  return length >= wanted && wcscmp(text + length - wanted, end) == 0;
}

/* Calls `visit` with the name and path of every file of ours, until it returns something else than 0. */
static void each_file(const struct store *store,
                      bool (*visit)(void *context, const wchar_t *name, const wchar_t *path), void *context) {
  WIN32_FIND_DATAW entry;
  HANDLE list = FindFirstFileW(system_path(joined(store->path, L"\\*", L"")), &entry);
  if (list == INVALID_HANDLE_VALUE) return;
  do {
    if (!is_ours(entry.cFileName)) continue;
    if (visit(context, entry.cFileName, joined(store->path, L"\\", entry.cFileName))) break;
  } while (FindNextFileW(list, &entry));
  FindClose(list);
}

/* Opens a file for removing it, which is possible only if nobody has it open or runs it. */
static HANDLE open_alone(const wchar_t *path, DWORD flags) {
  return CreateFileW(system_path(path), DELETE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT | flags,
                     NULL);
}

static bool remove_partial(void *context, const wchar_t *name, const wchar_t *path) {
  (void)context;
  if (!ends_with(name, L".partial")) return false;
  HANDLE file = open_alone(path, FILE_FLAG_DELETE_ON_CLOSE);
  if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
  return false;
}

void remove_stale_partials(const struct store *store) {
  each_file(store, remove_partial, NULL);
}

static bool is_unused(const struct named *named, const wchar_t *name) {
  char id[ID_CHARACTERS];
  for (int i = 0; i < ID_CHARACTERS; i++) id[i] = (char)name[i];
  return !ends_with(name, L".partial") && !named_has(named, id);
}

struct search {
  struct named named;
  bool in_use;
};

/*
 * A process of another version holds all of its components for as long as it runs: all of them stay until it
 * has ended, and so do all others that no version names.
 */
static bool look_for_use(void *context, const wchar_t *name, const wchar_t *path) {
  struct search *search = context;
  if (!is_unused(&search->named, name) || ends_with(name, L".stamp")) return false;
  HANDLE file = open_alone(path, 0);
  if (file == INVALID_HANDLE_VALUE)
    search->in_use = GetLastError() != ERROR_FILE_NOT_FOUND;
  else
    CloseHandle(file);
  return search->in_use;
}

static bool remove_if_unused(void *context, const wchar_t *name, const wchar_t *path) {
  const struct search *search = context;
  if (is_unused(&search->named, name)) DeleteFileW(system_path(path));
  return false;
}

void remove_unused_components(const struct store *store, const struct payload *embedded) {
  struct search search = {0};
  bool known = name_all_components(store, embedded, &search.named) == 0;
  if (known) each_file(store, look_for_use, &search);
  if (known && !search.in_use) each_file(store, remove_if_unused, &search);
  named_free(&search.named);
}

static bool remove_any(void *context, const wchar_t *name, const wchar_t *path) {
  static int waits; /* for all files together: what holds one holds others */
  (void)context, (void)name;
  while (!DeleteFileW(system_path(path)) && GetLastError() != ERROR_FILE_NOT_FOUND && waits < REMOVE_WAITS) {
    Sleep((DWORD)(REMOVE_WAIT * ++waits));
  }
  return false;
}

/* Removes a folder with all that is in it; follows no link. */
static void remove_tree(const wchar_t *path) {
  WIN32_FIND_DATAW entry;
  HANDLE list = FindFirstFileW(system_path(joined(path, L"\\*", L"")), &entry);
  if (list == INVALID_HANDLE_VALUE) return;
  do {
    if (wcscmp(entry.cFileName, L".") == 0 || wcscmp(entry.cFileName, L"..") == 0) continue;
    const wchar_t *inner = joined(path, L"\\", entry.cFileName);
    DWORD attributes = entry.dwFileAttributes;
    if (!(attributes & FILE_ATTRIBUTE_DIRECTORY))
      remove_any(NULL, entry.cFileName, inner);
    else if (attributes & FILE_ATTRIBUTE_REPARSE_POINT)
      RemoveDirectoryW(system_path(inner));
    else
      remove_tree(inner);
  } while (FindNextFileW(list, &entry));
  FindClose(list);
  RemoveDirectoryW(system_path(path));
}

void finish_uninstall(const struct store *store) {
  if (!DeleteFileW(system_path(joined(store->path, UNINSTALL_MARK, L"")))) return;
  each_file(store, remove_any, NULL);
  RemoveDirectoryW(system_path(store->path));
  remove_tree(joined(store->home, L"\\deno", L""));
  RemoveDirectoryW(system_path(store->home)); /* refused if others have put something into it */
}
