#include <stdio.h>
#include <stdlib.h>

#include "errors.h"

void show_message(const char *text) {
  fputs(text, stderr); /* which is not buffered: one write */
  fflush(stderr);
}

void leave_after_failure(int exit_code) {
  exit(exit_code);
}
