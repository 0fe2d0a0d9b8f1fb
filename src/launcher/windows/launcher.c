/*
 * The program that starts when the executable is run on Windows: finds itself and the home folder, sees that
 * the runtime and the program are unpacked, and runs the runtime as its child.
 */
#include <stdio.h>
#include <string.h>

#include "../component_names.h"
#include "win32.h"

static int read_at(void *context, uint64_t offset, void *buffer, size_t length) {
  HANDLE file = *(const HANDLE *)context;
  for (char *next = buffer; length > 0;) {
    OVERLAPPED place = {.Offset = (DWORD)offset, .OffsetHigh = (DWORD)(offset >> 32)};
    DWORD taken;
    if (!ReadFile(file, next, (DWORD)length, &taken, &place) || taken == 0) return -1;
    next += taken, length -= taken, offset += taken;
  }
  return 0;
}

struct reader executable_reader(const struct executable *executable) {
  return (struct reader){(void *)&executable->file, read_at};
}

static void open_executable(struct executable *executable) {
  static wchar_t path[TEXT_CHARACTERS];
  LARGE_INTEGER size;
  DWORD length = GetModuleFileNameW(NULL, path, TEXT_CHARACTERS);
  if (length == 0 || length == TEXT_CHARACTERS) {
    fail(WL_EXECUTABLE_UNREADABLE, "Cannot find the executable: %s", system_error(GetLastError()));
  }
  executable->path = path;
  executable->file = CreateFileW(system_path(path), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
                                 OPEN_EXISTING, 0, NULL);
  if (executable->file == INVALID_HANDLE_VALUE || !GetFileSizeEx(executable->file, &size)) {
    fail(WL_EXECUTABLE_UNREADABLE, "Cannot read '%s': %s", utf8(path), system_error(GetLastError()));
  }
  const char *state =
      payload_read(&executable->payload, executable_reader(executable), (uint64_t)size.QuadPart);
  if (state) fail(WL_EXECUTABLE_CORRUPT, "Cannot start '%s': %s", utf8(path), state);
}

static void require_component(const struct executable *executable, const char *name) {
  const struct component *component = payload_find(&executable->payload, name);
  if (component && component->flags & COMPONENT_UNPACK) return;
  fail(WL_EXECUTABLE_CORRUPT, "Cannot start '%s': component '%s' is missing", utf8(executable->path), name);
}

static void set(const wchar_t *name, const wchar_t *value) {
  if (!SetEnvironmentVariableW(name, value))
    fail(WL_OUT_OF_MEMORY, "Cannot start Windlass: no memory is left");
}

/* Whether the first argument is this plain word. */
static bool is_command(const wchar_t *name) {
  const wchar_t *rest = given_arguments();
  rest += wcsspn(rest, L" \t");
  bool quoted = *rest == L'"';
  size_t length = wcslen(name);
  rest += quoted;
  if (wcsncmp(rest, name, length) != 0) return false;
  rest += length;
  if (quoted && *rest++ != L'"') return false;
  return *rest == 0 || *rest == L' ' || *rest == L'\t';
}

int main(void) {
  static struct executable executable;
  static struct store store;
  static struct version version;
  open_executable(&executable);
  require_component(&executable, DENO_COMPONENT);
  require_component(&executable, APP_COMPONENT);
  store_open(&store, find_home());
  choose_version(&store, &executable, is_command(L"host"), &version);
  guard_environment();
  set(L"WINDLASS_EXECUTABLE", executable.path);
  set(L"WINDLASS_VERSION_ID", wide(version.id));
  SetEnvironmentVariableW(L"WINDLASS_TRIAL",
                          version.trial ? L"1" : NULL); /* a host on trial starts commands, which are not */
  set(L"DENO_DIR", joined(store.home, L"\\deno", L""));
  set(L"DENO_NO_UPDATE_CHECK", L"1");
  /* One damaged certificate of the machine would keep the runtime from any connection: the program reads
   * them. */
  set(L"DENO_TLS_CA_STORE", L"mozilla");
  run_runtime(version.payload, &store);
}
