#include <stdio.h>
#include <string.h>

#include "win32.h"

void show_message(const char *text) {
  HANDLE stream = GetStdHandle(STD_ERROR_HANDLE);
  DWORD mode, written;
  if (GetConsoleMode(stream, &mode)) {
    const wchar_t *characters = wide(text); /* a console's code page is seldom UTF-8 */
    WriteConsoleW(stream, characters, (DWORD)wcslen(characters), &written, NULL);
  } else {
    WriteFile(stream, text, (DWORD)strlen(text), &written, NULL);
  }
}

int is_double_clicked(void) {
  DWORD processes[2], mode;
  const wchar_t *arguments = given_arguments();
  if (arguments[wcsspn(arguments, L" \t")] != 0) return 0;
  /* A program that starts another one with a console of its own, but not for a person, redirects its streams. */
  return GetConsoleProcessList(processes, 2) == 1 && GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &mode) &&
         GetConsoleMode(GetStdHandle(STD_OUTPUT_HANDLE), &mode);
}

void leave_after_failure(int exit_code) {
  if (is_double_clicked()) {
    wchar_t line[16];
    DWORD length;
    show_message("Press Enter to close this window.\n");
    ReadConsoleW(GetStdHandle(STD_INPUT_HANDLE), line, sizeof line / sizeof *line, &length, NULL);
  }
  ExitProcess((UINT)exit_code);
}
