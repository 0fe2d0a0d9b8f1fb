#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "native.h"
#include "relay.h"

void print_own_text(const char *text) {
  const char *mode = getenv("WSL_UTF8");
  size_t length = strlen(text);
  if (mode && strcmp(mode, "1") == 0) {
    write_fully(STDOUT_FILENO, text, length);
    return;
  }
  char *wide = allocate(length * 2);
  for (size_t i = 0; i < length; i++) wide[2 * i] = text[i];
  write_fully(STDOUT_FILENO, wide, length * 2);
  free(wide);
}
