/*
 * Preloaded into a program: kills it (SIGKILL) right before or right after the rename that gives a file its
 * name, where the new content holds a text. What is written to disk step by step is so interrupted between
 * any two steps, at exactly that place.
 *
 *   KILL_AT_RENAME  <before|after>:<end of the file's path>:<text in its content>
 *   KILL_TOKEN      a file; the process that removes it is killed, so that it happens once
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONTENT_BYTES = 64 * 1024 };

static int ends_with(const char *text, const char *end, size_t end_length) {
  size_t length = strlen(text);
  return length >= end_length && memcmp(text + length - end_length, end, end_length) == 0;
}

static int holds(const char *path, const char *wanted) {
  char content[CONTENT_BYTES + 1]; /* not static: the runtime renames from several threads */
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t length = read(file, content, CONTENT_BYTES);
  close(file);
  if (length < 0) return 0;
  content[length] = 0;
  return strstr(content, wanted) != NULL;
}

/* Whether this rename is the one; asked before it, while the content still has its old name. */
static int is_the_one(const char *when, const char *from, const char *to) {
  const char *spec = getenv("KILL_AT_RENAME");
  size_t length = strlen(when);
  if (!spec || strncmp(spec, when, length) != 0 || spec[length] != ':') return 0;
  const char *end = spec + length + 1, *text = strchr(end, ':');
  return text && ends_with(to, end, (size_t)(text - end)) && holds(from, text + 1);
}

static void end_here(void) {
  const char *token = getenv("KILL_TOKEN");
  if (!token || unlink(token)) return;
  kill(getpid(), SIGKILL);
}

int rename(const char *from, const char *to) {
  int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
  if (is_the_one("before", from, to)) end_here();
  int after = is_the_one("after", from, to), result = real(from, to);
  if (after && result == 0) end_here();
  return result;
}
