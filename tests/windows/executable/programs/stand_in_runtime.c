/*
 * Stands for the runtime in tests of the launcher: says what it was started with and does what its first
 * argument asks for. Text is UTF-8.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include <shellapi.h>

/* How long a copy outlives its test, at most. */
enum { WAIT_MILLISECONDS = 600 * 1000 };

static void print(const wchar_t *text) {
  char bytes[65536];
  DWORD written;
  int length = WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, sizeof bytes, NULL, NULL) - 1;
  WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), bytes, (DWORD)length, &written, NULL);
}

static void print_line(const char *format, unsigned long value) {
  char line[200];
  DWORD written;
  WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), line, (DWORD)snprintf(line, sizeof line, format, value),
            &written, NULL);
}

static void print_variable(const wchar_t *name) {
  wchar_t value[32768] = L"";
  GetEnvironmentVariableW(name, value, 32768);
  print(value);
  print(L"|");
}

/* A console shows what is written in its own way, so that `open` tells it to the file "told" in the home. */
static void tell(int count, wchar_t **arguments) {
  if (count > 0 && wcscmp(arguments[0], L"open") == 0) {
    wchar_t path[32768] = L"";
    GetEnvironmentVariableW(L"WINDLASS_HOME", path, 32768);
    wcscat(path, L"\\told");
    SetStdHandle(STD_OUTPUT_HANDLE, CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL));
  }
  print_variable(L"WINDLASS_EXECUTABLE");
  print_variable(L"DENO_DIR");
  print_variable(L"DENO_NO_UPDATE_CHECK");
  print_variable(L"DENO_TLS_CA_STORE");
  print_variable(L"WINDLASS_WSL_HELPER");
  print_variable(L"WINDLASS_OWN_CONSOLE");
  for (int i = 0; i < count; i++) print(arguments[i]), print(L"|");
}

/* `host` and `status` say which version runs: "<id>|<WINDLASS_TRIAL>|<text of the program>|<command>". */
static int tell_version(const wchar_t *program, const wchar_t *command) {
  char text[256];
  DWORD length = 0, written;
  HANDLE file = CreateFileW(program, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
  print_variable(L"WINDLASS_VERSION_ID");
  print_variable(L"WINDLASS_TRIAL");
  if (!ReadFile(file, text, sizeof text, &length, NULL)) return 1;
  WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, length, &written, NULL);
  print(L"|");
  print(command);
  return 0;
}

static BOOL WINAPI on_event(DWORD event) {
  print_line("event %lu\n", event);
  ExitProcess(40 + event);
}

/* Starts another copy that asks to outlive the job. */
static int break_away(void) {
  wchar_t path[32768], command[] = L"stand-in";
  STARTUPINFOW options = {.cb = sizeof options};
  PROCESS_INFORMATION process;
  GetModuleFileNameW(NULL, path, 32768);
  if (!CreateProcessW(path, command, NULL, NULL, FALSE, CREATE_BREAKAWAY_FROM_JOB | CREATE_NO_WINDOW, NULL,
                      NULL, &options, &process)) {
    print_line("error %lu\n", GetLastError());
    return 1;
  }
  print_line("away %lu\n", process.dwProcessId);
  return 0;
}

static int echo_input(void) {
  char bytes[4096];
  DWORD length, written;
  while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), bytes, sizeof bytes, &length, NULL) && length > 0) {
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), bytes, length, &written, NULL);
  }
  WriteFile(GetStdHandle(STD_ERROR_HANDLE), "to stderr", 9, &written, NULL);
  return 0;
}

int main(void) {
  int count;
  wchar_t **arguments = CommandLineToArgvW(GetCommandLineW(), &count);
  if (count < 2) Sleep(WAIT_MILLISECONDS); /* a copy of its own, see break_away() */
  /* "windlass", "run", the runtime's options, the program, and the program's own arguments. */
  int skipped = 2;
  while (skipped < count && arguments[skipped][0] == '-') skipped++;
  if (skipped == count) return 1;
  const wchar_t *program = arguments[skipped++];
  count -= skipped, arguments += skipped;
  const wchar_t *wanted = count > 0 ? arguments[0] : L"";
  if (wcscmp(wanted, L"host") == 0 || wcscmp(wanted, L"status") == 0) return tell_version(program, wanted);
  if (wcscmp(wanted, L"exit") == 0) ExitProcess(wcstoul(arguments[1], NULL, 10));
  if (wcscmp(wanted, L"echo") == 0) return echo_input();
  if (wcscmp(wanted, L"console") == 0) {
    DWORD processes[8];
    print_line("%lu in the console\n", GetConsoleProcessList(processes, 8));
    return 0;
  }
  if (wcscmp(wanted, L"break-away") == 0) return break_away();
  if (wcscmp(wanted, L"handle") == 0) {
    DWORD flags;
    print_line("%lu\n",
               GetHandleInformation((HANDLE)(ULONG_PTR)wcstoul(arguments[1], NULL, 10), &flags) != 0);
    return 0;
  }
  if (wcscmp(wanted, L"wait") == 0 || wcscmp(wanted, L"events") == 0) {
    if (wcscmp(wanted, L"events") == 0) SetConsoleCtrlHandler(on_event, TRUE);
    print_line("ready %lu\n", GetCurrentProcessId());
    Sleep(WAIT_MILLISECONDS);
  }
  tell(count, arguments);
  return 0;
}
