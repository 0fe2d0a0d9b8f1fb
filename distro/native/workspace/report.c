#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workspace.h"

void report(const struct text *line) {
  struct text whole = {0};
  add_bytes(&whole, line->bytes, line->length);
  add(&whole, "\n");
  for (size_t done = 0; done < whole.length;) {
    ssize_t count = write(STDOUT_FILENO, whole.bytes + done, whole.length - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += (size_t)count;
  }
  free(whole.bytes);
}

void report_step(const char *step, const char *path, const char *outcome, const char *why) {
  struct text line = {0};
  add(&line, "{");
  add_member(&line, "step", step);
  add_member(&line, "path", path);
  add_member(&line, "outcome", outcome);
  if (why) add_member(&line, "why", why);
  add(&line, "}");
  report(&line);
  free(line.bytes);
}

void fail(const char *code, const char *format, ...) {
  char message[8192];
  va_list values;
  va_start(values, format);
  vsnprintf(message, sizeof message, format, values);
  va_end(values);
  struct text line = {0};
  add(&line, "{");
  add_member(&line, "error", code);
  add_member(&line, "message", message);
  add(&line, "}");
  report(&line);
  exit(1);
}

const char *code_of_errno(int reason) {
  switch (reason) {
    case EROFS: return "read-only";
    case ENOSPC:
    case EDQUOT: return "disk-full";
    case EPERM:
    case EACCES: return "not-permitted";
    case ELOOP: return "unsafe-link";
    case ENOTDIR: return "not-a-folder";
    case ENOENT: return "missing";
    default: return "failed";
  }
}

void fail_by_errno(const char *action, const char *path) {
  int reason = errno;
  fail(code_of_errno(reason), "Cannot %s '%s': %s", action, path, strerror(reason));
}

void require_root(void) {
  if (geteuid() != 0) fail("not-root", "Cannot change this distro: this needs its user root");
}

const char *require_option(const char *name, const char *value) {
  if (!value || !*value) fail("usage", "Cannot run: the option --%s is missing", name);
  for (const char *at = value; *at; at++)
    if ((unsigned char)*at < 0x20) fail("usage", "Cannot run: --%s has a control character", name);
  return value;
}
