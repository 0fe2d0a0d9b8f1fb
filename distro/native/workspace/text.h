/* Text that grows, and the ways to quote it. */
#ifndef WORKSPACE_TEXT_H
#define WORKSPACE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
  char *bytes; /* ends with a zero byte once something was added */
  size_t length;
};

void *allocate(size_t size);
char *copy_string(const char *string);
/* A string made as printf makes it. */
char *format_string(const char *format, ...) __attribute__((format(printf, 1, 2)));

void add_bytes(struct text *text, const void *bytes, size_t length);
void add(struct text *text, const char *string);
/* As a JSON string. Bytes that are not UTF-8 become U+FFFD, so that the line is always valid. */
void add_json(struct text *text, const char *string);
/* `"name":"value"` with a comma before it unless it is the first of its object. */
void add_member(struct text *text, const char *name, const char *value);
/* `"name":` and the comma, for a value that the caller adds. */
void add_name(struct text *text, const char *name);
void add_boolean(struct text *text, const char *name, bool value);
/* As one word of a POSIX shell and of fish. */
void add_shell_word(struct text *text, const char *string);

/* The value of a string member in a line that add_member() wrote; NULL if it has none. */
char *json_string_member(const char *line, const char *name);

#endif
