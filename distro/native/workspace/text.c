#include "text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *allocate(size_t size) {
  void *memory = calloc(1, size ? size : 1);
  if (memory) return memory;
  static const char problem[] = "windlass: out of memory\n";
  if (write(STDERR_FILENO, problem, sizeof problem - 1) < 0) _exit(1);
  _exit(1);
}

char *copy_string(const char *string) {
  size_t size = strlen(string) + 1;
  return memcpy(allocate(size), string, size);
}

char *format_string(const char *format, ...) {
  va_list values, again;
  va_start(values, format);
  va_copy(again, values);
  int length = vsnprintf(NULL, 0, format, values);
  char *string = allocate((size_t)length + 1);
  vsnprintf(string, (size_t)length + 1, format, again);
  va_end(again);
  va_end(values);
  return string;
}

void add_bytes(struct text *text, const void *bytes, size_t length) {
  /* Room is doubled at each power of two, so that adding stays linear. */
  size_t needed = text->length + length + 1, room = 64;
  while (room < needed) room *= 2;
  size_t had = 64;
  while (had < text->length + 1) had *= 2;
  if (!text->bytes || room != had) {
    char *larger = allocate(room);
    if (text->bytes) memcpy(larger, text->bytes, text->length);
    free(text->bytes);
    text->bytes = larger;
  }
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
  text->bytes[text->length] = 0;
}

void add(struct text *text, const char *string) {
  add_bytes(text, string, strlen(string));
}

/* The length of the well-formed UTF-8 sequence that starts here; 0 if none does. */
static size_t sequence_length(const unsigned char *bytes) {
  unsigned char first = bytes[0];
  size_t length = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : (first & 0xf0) == 0xe0 ? 3 : 0;
  if (first >= 0xf0 && first < 0xf5) length = 4;
  for (size_t i = 1; i < length; i++)
    if ((bytes[i] & 0xc0) != 0x80) return 0;
  if (first == 0xe0 && bytes[1] < 0xa0) return 0; /* longer than needed */
  if (first == 0xed && bytes[1] > 0x9f) return 0; /* a surrogate */
  if (first == 0xf0 && bytes[1] < 0x90) return 0;
  if (first == 0xf4 && bytes[1] > 0x8f) return 0; /* beyond U+10FFFF */
  return length;
}

void add_json(struct text *text, const char *string) {
  add(text, "\"");
  for (const unsigned char *at = (const unsigned char *)string; *at;) {
    size_t length = sequence_length(at);
    char escaped[8];
    if (length == 0) {
      add(text, "\\ufffd");
      at++;
    } else if (*at == '"' || *at == '\\') {
      snprintf(escaped, sizeof escaped, "\\%c", *at++);
      add(text, escaped);
    } else if (*at < 0x20 || *at == 0x7f) {
      snprintf(escaped, sizeof escaped, "\\u%04x", *at++);
      add(text, escaped);
    } else {
      add_bytes(text, at, length);
      at += length;
    }
  }
  add(text, "\"");
}

void add_name(struct text *text, const char *name) {
  char last = text->length ? text->bytes[text->length - 1] : 0;
  if (last != '{' && last != '[') add(text, ",");
  add_json(text, name);
  add(text, ":");
}

void add_member(struct text *text, const char *name, const char *value) {
  add_name(text, name);
  add_json(text, value);
}

void add_boolean(struct text *text, const char *name, bool value) {
  add_name(text, name);
  add(text, value ? "true" : "false");
}

void add_shell_word(struct text *text, const char *string) {
  /* Between single quotes a POSIX shell takes all as it is, fish all but the backslash and the quote. */
  add(text, "'");
  for (; *string; string++) {
    if (*string == '\'' || *string == '\\') {
      const char quoted[] = {'\'', '\\', *string, '\'', 0};
      add(text, quoted);
    } else {
      add_bytes(text, string, 1);
    }
  }
  add(text, "'");
}

char *json_string_member(const char *line, const char *name) {
  /* A quote within a value is escaped, so this cannot begin inside one. */
  char *beginning = format_string("\"%s\":\"", name);
  const char *at = strstr(line, beginning);
  if (at) at += strlen(beginning);
  free(beginning);
  if (!at) return NULL;
  struct text value = {0};
  add(&value, "");
  for (; *at && *at != '"'; at++) {
    if (*at != '\\') {
      add_bytes(&value, at, 1);
      continue;
    }
    unsigned number;
    at++;
    if (*at == 'u' && sscanf(at + 1, "%4x", &number) == 1 && number > 0 && number < 0x80) {
      const char byte = (char)number;
      add_bytes(&value, &byte, 1);
      at += 4;
    } else if (*at == '"' || *at == '\\') {
      add_bytes(&value, at, 1);
    } else {
      break;
    }
  }
  if (*at == '"') return value.bytes;
  free(value.bytes);
  return NULL;
}
