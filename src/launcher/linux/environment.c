#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../foreign_variables.h"
#include "linux.h"

static bool begins(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_foreign(const char *variable) {
#define AS_TEST(prefix) begins(variable, prefix) ||
  return FOREIGN_PREFIXES(AS_TEST) 0;
#undef AS_TEST
}

void guard_environment(void) {
  size_t count = 0, kept = 0;
  while (environ && environ[count]) count++;
  char **variables = calloc(count + 1, sizeof *variables);
  if (!variables) fail(WL_OUT_OF_MEMORY, "Cannot start Windlass: no memory is left");
  for (size_t i = 0; i < count; i++) {
    if (begins(environ[i], CALLER_PREFIX))
      continue; /* of an earlier start: this one's caller has variables of its own */
    variables[kept] = environ[i];
    if (is_foreign(environ[i])) {
      size_t length = strlen(environ[i]) + sizeof CALLER_PREFIX;
      variables[kept] = malloc(length);
      if (!variables[kept]) fail(WL_OUT_OF_MEMORY, "Cannot start Windlass: no memory is left");
      strcpy(variables[kept], CALLER_PREFIX);
      strcat(variables[kept], environ[i]);
    }
    kept++;
  }
  environ = variables;
}
