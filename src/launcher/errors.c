#include "errors.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
  const char *code;
  int exit_code;
  const char *remedy;
} ERRORS[] = {
#define AS_ROW(code, exit_code, remedy) {#code, exit_code, remedy},
  LAUNCHER_ERRORS(AS_ROW)
#undef AS_ROW
};

static void print(enum launcher_error error, const char *sentence, va_list values) {
  /* One write for the whole message, so that two starts at once do not mix their lines. */
  char text[8192];
  int length = vsnprintf(text, sizeof text, sentence, values);
  if (length < 0) length = 0;
  fprintf(stderr, "windlass: %s\n  %s: %s\n", text, ERRORS[error].code, ERRORS[error].remedy);
  fflush(stderr);
}

void report(enum launcher_error error, const char *sentence, ...) {
  va_list values;
  va_start(values, sentence);
  print(error, sentence, values);
  va_end(values);
}

void fail(enum launcher_error error, const char *sentence, ...) {
  va_list values;
  va_start(values, sentence);
  print(error, sentence, values);
  va_end(values);
  exit(ERRORS[error].exit_code);
}
