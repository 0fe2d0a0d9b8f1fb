#include <stdlib.h>
#include <string.h>

#include "win32.h"

#include <sddl.h> /* needs windows.h before it */

/*
 * Protected, so that nothing is inherited: full access for the user, the administrators and the system,
 * including on what is made inside.
 */
#define OWN_FOLDER_SDDL L"D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;"

static bool is_absolute(const wchar_t *path) {
  bool letter = (path[0] >= L'a' && path[0] <= L'z') || (path[0] >= L'A' && path[0] <= L'Z');
  bool drive = letter && path[1] == L':' && (path[2] == L'\\' || path[2] == L'/');
  return drive || (path[0] == L'\\' && path[1] == L'\\');
}

const wchar_t *find_home(void) {
  static wchar_t home[TEXT_CHARACTERS];
  const wchar_t *named = variable(L"WINDLASS_HOME"), *data = variable(L"LOCALAPPDATA");
  if (named && !is_absolute(named)) {
    fail(WL_HOME_INVALID, "Cannot use '%s' as WINDLASS_HOME: it is not an absolute path", utf8(named));
  }
  if (!named && !(data && is_absolute(data))) {
    fail(WL_HOME_INVALID,
         "Cannot find a folder for Windlass: neither WINDLASS_HOME nor LOCALAPPDATA holds an absolute path");
  }
  DWORD length =
      GetFullPathNameW(named ? named : joined(data, L"\\Windlass", L""), TEXT_CHARACTERS, home, NULL);
  if (length == 0)
    fail(WL_HOME_INVALID, "Cannot use '%s' as WINDLASS_HOME: %s", utf8(named), system_error(GetLastError()));
  if (length >= HOME_CHARACTERS) {
    fail(WL_HOME_INVALID, "Cannot use the folder for Windlass: its path has %lu characters, the most is %d",
         length, HOME_CHARACTERS - 1);
  }
  if (home[1] != L':') {
    fail(WL_HOME_INVALID, "Cannot use '%s' as WINDLASS_HOME: it is not on a drive of this machine",
         utf8(named ? named : home));
  }
  while (length > 3 && home[length - 1] == L'\\') home[--length] = 0;
  return home;
}

__attribute__((noreturn)) static void fail_at_folder(const wchar_t *path, DWORD error) {
  fail(is_out_of_space(error) ? WL_NO_SPACE : WL_HOME_INVALID, "Cannot make the folder '%s': %s", utf8(path),
       system_error(error));
}

/* Rights for the user's own folder; NULL where the system does not say who the user is. */
static PSECURITY_DESCRIPTOR own_folder_rights(void) {
  static union {
    TOKEN_USER user;
    BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  } information;
  PSECURITY_DESCRIPTOR rights = NULL;
  wchar_t *sid = NULL;
  HANDLE token;
  DWORD length;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) return NULL;
  if (GetTokenInformation(token, TokenUser, &information, sizeof information, &length) &&
      ConvertSidToStringSidW(information.user.User.Sid, &sid)) {
    const wchar_t *text = joined(OWN_FOLDER_SDDL, sid, L")");
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, &rights, NULL))
      rights = NULL;
  }
  LocalFree(sid);
  CloseHandle(token);
  return rights;
}

static bool is_folder(const wchar_t *path) {
  DWORD attributes = GetFileAttributesW(system_path(path));
  return attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_DIRECTORY;
}

/* Makes one folder and those above it; returns whether this call has made the last one. */
static int make_folders(const wchar_t *path, PSECURITY_DESCRIPTOR rights) {
  SECURITY_ATTRIBUTES security = {sizeof security, rights, FALSE};
  if (CreateDirectoryW(system_path(path), rights ? &security : NULL)) return 1;
  DWORD error = GetLastError();
  if (is_folder(path)) return 0;
  if (error != ERROR_PATH_NOT_FOUND)
    fail_at_folder(path, error == ERROR_ALREADY_EXISTS ? ERROR_DIRECTORY : error);
  wchar_t *above = wcscpy((wchar_t *)joined(path, L"", L""), path), *last = wcsrchr(above, L'\\');
  if (!last || last <= above + 2) fail_at_folder(path, error); /* "C:", or the server of a share */
  *last = 0;
  make_folders(above, NULL);
  if (CreateDirectoryW(system_path(path), rights ? &security : NULL)) return 1;
  error = GetLastError();
  if (!is_folder(path)) fail_at_folder(path, error);
  return 0;
}

void store_open(struct store *store, const wchar_t *home) {
  store->home = home;
  store->path = joined(home, L"\\components", L"");
  store->made_home = store->made_folder = 0;
  for (int i = 0; i < MAX_COMPONENTS; i++) store->held[i] = INVALID_HANDLE_VALUE;
}

void store_make(struct store *store) {
  PSECURITY_DESCRIPTOR rights = own_folder_rights();
  store->made_home = make_folders(store->home, rights);
  store->made_folder = make_folders(store->path, NULL);
  LocalFree(rights);
}

void store_undo(struct store *store) {
  /* A folder that another start has put something into is refused. */
  if (store->made_folder) RemoveDirectoryW(system_path(store->path));
  if (store->made_home) RemoveDirectoryW(system_path(store->home));
}
