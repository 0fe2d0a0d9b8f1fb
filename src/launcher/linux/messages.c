#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../errors.h"

void show_message(const char *text) {
  fputs(text, stderr); /* which is not buffered: one write */
  fflush(stderr);
}

void show_notice(const char *text) {
  if (isatty(STDERR_FILENO)) show_message(text);
}

void leave_after_failure(int exit_code) {
  exit(exit_code);
}
