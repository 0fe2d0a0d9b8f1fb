/*
 * Starts a program of Windows in a chosen way and says how that went: what a test on another system cannot do
 * itself. start_program.exe HOW FILE    FILE holds the whole command line, UTF-8 What it has seen goes to
 * FILE.report; the last line there is "exit N", with the exit code as unsigned number.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

enum {
  END_MILLISECONDS = 100 * 1000,
  LIVE_MILLISECONDS = 500, /* a process that dies with another one is gone much earlier */
};

static wchar_t command_line[32768];

static void read_command_line(const char *path) {
  static char bytes[3 * 32768];
  FILE *file = fopen(path, "rb");
  size_t length = file ? fread(bytes, 1, sizeof bytes - 1, file) : 0;
  if (file) fclose(file);
  bytes[length] = 0;
  MultiByteToWideChar(CP_UTF8, 0, bytes, -1, command_line, 32768);
}

static BOOL WINAPI ignore_event(DWORD event) {
  (void)event;
  return TRUE;
}

static HANDLE make_pipe(HANDLE *write_end) {
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  HANDLE read_end;
  CreatePipe(&read_end, write_end, &inheritable, 0);
  SetHandleInformation(read_end, HANDLE_FLAG_INHERIT, 0);
  return read_end;
}

/* Reads up to the end of a line and returns the number behind its first word. */
static unsigned long read_number(HANDLE pipe) {
  char line[200];
  DWORD taken;
  size_t length = 0;
  while (length < sizeof line - 1 && ReadFile(pipe, line + length, 1, &taken, NULL) && taken == 1 &&
         line[length] != '\n')
    length++;
  line[length] = 0;
  const char *space = strchr(line, ' ');
  return space ? strtoul(space, NULL, 10) : 0;
}

static int has_ended(unsigned long process_id) {
  HANDLE process = OpenProcess(SYNCHRONIZE, FALSE, process_id);
  if (!process) return 1;
  int ended = WaitForSingleObject(process, END_MILLISECONDS) == WAIT_OBJECT_0;
  CloseHandle(process);
  return ended;
}

int main(int argc, char **argv) {
  STARTUPINFOW options = {.cb = sizeof options};
  PROCESS_INFORMATION process;
  HANDLE output = NULL, write_end = NULL;
  DWORD flags = 0, exit_code = 0;
  if (argc != 3) return 2;
  const char *how = argv[1];
  read_command_line(argv[2]);
  static char report_path[32768];
  snprintf(report_path, sizeof report_path, "%s.report", argv[2]);
  FILE *report = fopen(report_path, "wb");
  if (!report) return 3;
  int away = strcmp(how, "break-away") == 0;
  int watched = away || strcmp(how, "kill") == 0 || strcmp(how, "ctrl-c") == 0;
  if (strcmp(how, "no-streams") == 0) options.dwFlags = STARTF_USESTDHANDLES; /* all three are NULL */
  if (strcmp(how, "detached") == 0) {
    flags = DETACHED_PROCESS; /* without a console */
    options.dwFlags = STARTF_USESTDHANDLES;
    options.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    options.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    options.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  }
  if (strcmp(how, "handle") == 0) {
    /*
     * One that can be inherited, for a program that should not get it: its number goes to the end of the
     * command line.
     */
    SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
    /* A number so high that no other handle of the program has it by chance. */
    for (int i = 0; i < 5000; i++) CreateEventW(NULL, TRUE, FALSE, NULL);
    HANDLE event = CreateEventW(&inheritable, TRUE, FALSE, NULL);
    wsprintfW(command_line + wcslen(command_line), L" %u", (unsigned)(ULONG_PTR)event);
  }
  if (watched) {
    SetConsoleCtrlHandler(ignore_event, TRUE);
    output = make_pipe(&write_end);
    options.dwFlags = STARTF_USESTDHANDLES;
    options.hStdOutput = write_end;
    options.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  }
  if (!CreateProcessW(NULL, command_line, NULL, NULL, TRUE, flags, NULL, NULL, &options, &process)) {
    fprintf(report, "error %lu\n", GetLastError());
    return 1;
  }
  if (watched) {
    CloseHandle(write_end);
    unsigned long runtime = read_number(output);
    int sent = 1;
    if (strcmp(how, "kill") == 0) sent = TerminateProcess(process.hProcess, 9);
    if (strcmp(how, "ctrl-c") == 0) sent = GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
    if (!sent) fprintf(report, "error %lu\n", GetLastError());
    if (strcmp(how, "kill") == 0)
      fprintf(report, "runtime %s\n", has_ended(runtime) ? "ended" : "runs");
    else if (!away)
      fprintf(report, "event %lu\n", read_number(output));
    if (away) {
      WaitForSingleObject(process.hProcess, END_MILLISECONDS);
      HANDLE copy = OpenProcess(SYNCHRONIZE | PROCESS_TERMINATE, FALSE, runtime);
      fprintf(report, "copy %s\n",
              copy && WaitForSingleObject(copy, LIVE_MILLISECONDS) == WAIT_TIMEOUT ? "runs" : "ended");
      if (copy) TerminateProcess(copy, 0);
    }
  }
  if (WaitForSingleObject(process.hProcess, END_MILLISECONDS) != WAIT_OBJECT_0)
    fprintf(report, "still runs\n");
  GetExitCodeProcess(process.hProcess, &exit_code);
  fprintf(report, "exit %lu\n", exit_code);
  fclose(report);
  return 0;
}
