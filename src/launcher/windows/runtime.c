/*
 * The runtime as a child process. Windows has no exec, so the launcher waits beside it and stays out of the
 * way: the child has the same console and streams, gets Ctrl-C itself, and its exit code becomes the
 * launcher's. A job ends it with the launcher.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../component_names.h"
#include "../runtime_arguments.h"
#include "win32.h"

enum {
  START_TRIES = 10, /* a scanner may have a new program open */
  START_WAIT = 50,  /* milliseconds before the second try; each wait is longer by as much */
};

static wchar_t command_line[TEXT_CHARACTERS];
static size_t command_length;
/* NULL before the start and after the end. */
static HANDLE volatile child;

static void append(const wchar_t *text) {
  size_t length = wcslen(text);
  if (length >= TEXT_CHARACTERS - command_length) {
    fail(WL_ARGUMENTS_TOO_LONG,
         "Cannot start Windlass: the arguments are longer than the system's %d characters",
         TEXT_CHARACTERS - 1);
  }
  wcscpy(command_line + command_length, text);
  command_length += length;
}

/* Paths of ours hold no quotes and end in no backslash. */
static void append_path(const wchar_t *option, const wchar_t *path) {
  append(L" \"");
  append(option);
  append(path);
  append(L"\"");
}

static void write_command_line(const struct payload *payload, const struct store *store,
                               const wchar_t *arguments) {
  const struct component *imports = payload_find(payload, APP_IMPORTS_COMPONENT);
#define APPEND(text) append(command_length ? L" " text : L"" text);
  RUNTIME_ARGUMENTS(APPEND)
#undef APPEND
  if (imports && imports->flags & COMPONENT_UNPACK)
    append_path(L"--import-map=", component_path(store, imports));
  append_path(L"", component_path(store, payload_find(payload, APP_COMPONENT)));
  append(arguments);
}

/*
 * A standard stream that the child can inherit; one that the caller has not given reads and writes nothing.
 */
static HANDLE inheritable_stream(DWORD which) {
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  HANDLE stream = GetStdHandle(which), copy;
  if (stream && stream != INVALID_HANDLE_VALUE) {
    if (SetHandleInformation(stream, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT)) return stream;
    if (DuplicateHandle(GetCurrentProcess(), stream, GetCurrentProcess(), &copy, 0, TRUE,
                        DUPLICATE_SAME_ACCESS))
      return copy;
  }
  return CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inheritable,
                     OPEN_EXISTING, 0, NULL);
}

/* Ends all processes in it with the launcher, except those that ask to outlive it. */
static HANDLE make_job(void) {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {
      .BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_BREAKAWAY_OK};
  HANDLE job = CreateJobObjectW(NULL, NULL);
  if (!job) return NULL;
  if (SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits)) return job;
  CloseHandle(job);
  return NULL;
}

/*
 * Runs in a thread of its own. Ctrl-C and Ctrl-Break reach the child as they reach the launcher, and what
 * they mean is the child's to say. When the console closes or the user logs off, returning would end the
 * launcher, and with it the child, before that has put its things in order; the system's own time limit still
 * applies.
 */
static BOOL WINAPI on_console_event(DWORD event) {
  HANDLE running = child;
  if (!running) return FALSE;
  if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) WaitForSingleObject(running, INFINITE);
  return TRUE;
}

/* Returns 0, or a system error. */
static DWORD start(const wchar_t *runtime, HANDLE job, PROCESS_INFORMATION *process) {
  STARTUPINFOEXW options = {.StartupInfo = {.cb = sizeof options, .dwFlags = STARTF_USESTDHANDLES}};
  STARTUPINFOW *streams = &options.StartupInfo;
  HANDLE inherited[3];
  DWORD count = 0, processes[1], error = 0;
  SIZE_T size = 0;
  streams->hStdInput = inheritable_stream(STD_INPUT_HANDLE);
  streams->hStdOutput = inheritable_stream(STD_OUTPUT_HANDLE);
  streams->hStdError = inheritable_stream(STD_ERROR_HANDLE);
  /* A list may name no handle twice. */
  inherited[count++] = streams->hStdInput;
  if (streams->hStdOutput != streams->hStdInput) inherited[count++] = streams->hStdOutput;
  if (streams->hStdError != streams->hStdInput && streams->hStdError != streams->hStdOutput) {
    inherited[count++] = streams->hStdError;
  }
  InitializeProcThreadAttributeList(NULL, 2, 0, &size);
  options.lpAttributeList = malloc(size);
  if (!options.lpAttributeList) return ERROR_NOT_ENOUGH_MEMORY;
  if (!InitializeProcThreadAttributeList(options.lpAttributeList, 2, 0, &size) ||
      !UpdateProcThreadAttribute(options.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, inherited,
                                 count * sizeof *inherited, NULL, NULL) ||
      !UpdateProcThreadAttribute(options.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_JOB_LIST, &job, sizeof job,
                                 NULL, NULL)) {
    return GetLastError();
  }
  /* Without a console the runtime, and each console program that it starts, would open a window. */
  DWORD flags =
      EXTENDED_STARTUPINFO_PRESENT | (GetConsoleProcessList(processes, 1) == 0 ? CREATE_NO_WINDOW : 0);
  for (int attempt = 1; attempt <= START_TRIES; attempt++) {
    if (CreateProcessW(runtime, command_line, NULL, NULL, TRUE, flags, NULL, NULL, streams, process))
      return 0;
    error = GetLastError();
    if (error != ERROR_SHARING_VIOLATION) break;
    Sleep((DWORD)(START_WAIT * attempt));
  }
  return error;
}

void run_runtime(const struct payload *payload, struct store *store) {
  bool double_clicked = is_double_clicked();
  SetEnvironmentVariableW(L"WINDLASS_OWN_CONSOLE", double_clicked ? L"1" : NULL);
  write_command_line(payload, store, double_clicked ? L" open" : given_arguments());
  const wchar_t *runtime = component_path(store, payload_find(payload, DENO_COMPONENT));
  PROCESS_INFORMATION process;
  DWORD exit_code = 0;
  HANDLE job = make_job();
  DWORD error = job ? 0 : GetLastError();
  SetConsoleCtrlHandler(on_console_event, TRUE);
  if (!error) error = start(runtime, job, &process);
  if (error) fail(WL_RUNTIME_NOT_STARTED, "Cannot run '%s': %s", utf8(runtime), system_error(error));
  child = process.hProcess;
  CloseHandle(process.hThread);
  WaitForSingleObject(process.hProcess, INFINITE);
  GetExitCodeProcess(process.hProcess, &exit_code);
  store_release(store);
  finish_uninstall(store);
  ExitProcess(exit_code);
}
