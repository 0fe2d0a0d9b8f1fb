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

void show_notice(const char *text) {
  DWORD mode;
  if (GetConsoleMode(GetStdHandle(STD_ERROR_HANDLE), &mode)) show_message(text);
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
