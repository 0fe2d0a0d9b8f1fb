#include "errors.h"

#include <stdarg.h>
#include <stdio.h>

/* Two paths of the greatest length in one sentence. */
#define SENTENCE_BYTES (32 * 1024)

static const struct {
  const char *code;
  int exit_code;
  const char *remedy;
} ERRORS[] = {
#define AS_ROW(code, exit_code, remedy) {#code, exit_code, remedy},
    LAUNCHER_ERRORS(AS_ROW)
#undef AS_ROW
};

static void print(enum launcher_error error, const char *remedy, const char *sentence, va_list values) {
  static char text[SENTENCE_BYTES], message[SENTENCE_BYTES + 1024];
  if (vsnprintf(text, sizeof text, sentence, values) < 0) text[0] = 0;
  snprintf(message, sizeof message, "windlass: %s\n  %s: %s\n", text, ERRORS[error].code, remedy);
  show_message(message);
}

void report(enum launcher_error error, const char *sentence, ...) {
  va_list values;
  va_start(values, sentence);
  print(error, ERRORS[error].remedy, sentence, values);
  va_end(values);
}

void fail(enum launcher_error error, const char *sentence, ...) {
  va_list values;
  va_start(values, sentence);
  print(error, ERRORS[error].remedy, sentence, values);
  va_end(values);
  leave_after_failure(ERRORS[error].exit_code);
}

void fail_with(enum launcher_error error, const char *remedy, const char *sentence, ...) {
  va_list values;
  va_start(values, sentence);
  print(error, remedy, sentence, values);
  va_end(values);
  leave_after_failure(ERRORS[error].exit_code);
}
