#include "docker_config.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

/* docker's own has some hundred bytes; credentials may make it longer. */
#define CONFIG_BYTES_MAX (4 << 20)

static char *read_text(const char *path) {
  struct stat state;
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  char *text = NULL;
  if (file >= 0 && fstat(file, &state) == 0 && S_ISREG(state.st_mode) && state.st_size < CONFIG_BYTES_MAX) {
    text = allocate((size_t)state.st_size + 1);
    if (read(file, text, (size_t)state.st_size) != state.st_size) text[0] = 0;
  }
  if (file >= 0) close(file);
  return text;
}

/* The end of a JSON string, at its closing quote, or at the end of the text. */
static const char *string_end(const char *at) {
  while (*at && *at != '"') at += *at == '\\' && at[1] ? 2 : 1;
  return at;
}

/* The string member `name` of the outermost object. Names of contexts have no escapes. */
static char *outer_member(const char *text, const char *name) {
  int depth = 0;
  for (const char *at = text; *at; at++) {
    if (*at == '{' || *at == '[') depth++;
    if (*at == '}' || *at == ']') depth--;
    if (*at != '"') continue;
    const char *start = at + 1;
    at = string_end(start);
    if (!*at) break;
    size_t length = (size_t)(at - start);
    if (depth != 1 || length != strlen(name) || strncmp(start, name, length) != 0) continue;
    const char *value = at + 1 + strspn(at + 1, " \t\r\n");
    if (*value != ':') continue;
    value += 1 + strspn(value + 1, " \t\r\n");
    if (*value != '"') continue;
    char *found = copy_string(value + 1);
    found[string_end(value + 1) - (value + 1)] = 0;
    return found;
  }
  return NULL;
}

char *current_context(const char *folder) {
  const char *variable = getenv("DOCKER_CONFIG"), *home = getenv("HOME");
  char *path = folder                  ? format_string("%s/config.json", folder)
               : variable && *variable ? format_string("%s/config.json", variable)
                                       : format_string("%s/.docker/config.json", home ? home : "");
  char *text = read_text(path);
  free(path);
  char *context = text ? outer_member(text, "currentContext") : NULL;
  free(text);
  return context;
}
