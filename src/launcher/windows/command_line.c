/*
 * How this process was started: what was written behind the program's name, and whether it was
 * double-clicked.
 */
#include <string.h>

#include "win32.h"

/* Programs split it themselves, so the child reads what the caller has written. */
const wchar_t *given_arguments(void) {
  const wchar_t *rest = GetCommandLineW();
  for (bool quoted = false; *rest && (quoted || (*rest != L' ' && *rest != L'\t')); rest++)
    quoted ^= *rest == L'"';
  return rest;
}

bool is_double_clicked(void) {
  DWORD processes[2], mode;
  const wchar_t *arguments = given_arguments();
  if (arguments[wcsspn(arguments, L" \t")] != 0) return false;
  /*
   * A program that starts another one with a console of its own, but not for a person, redirects its streams.
   */
  return GetConsoleProcessList(processes, 2) == 1 && GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &mode) &&
         GetConsoleMode(GetStdHandle(STD_OUTPUT_HANDLE), &mode);
}
