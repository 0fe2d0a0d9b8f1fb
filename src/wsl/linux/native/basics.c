#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "native.h"

void say(const char *format, ...) {
  char line[4096];
  va_list values;
  va_start(values, format);
  int length = vsnprintf(line, sizeof line, format, values);
  va_end(values);
  if (length > 0)
    write_fully(STDOUT_FILENO, line, (size_t)length < sizeof line ? (size_t)length : sizeof line - 1);
}

void fail(const char *what) {
  say("error %s: %s\n", what, strerror(errno));
  _exit(1);
}

void fail_at(const char *format, ...) {
  int reason = errno;
  char what[2048];
  va_list values;
  va_start(values, format);
  vsnprintf(what, sizeof what, format, values);
  va_end(values);
  errno = reason;
  fail(what);
}

bool write_fully(int fd, const void *bytes, size_t size) {
  const char *rest = bytes;
  while (size > 0) {
    ssize_t written = write(fd, rest, size);
    if (written < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    rest += written;
    size -= (size_t)written;
  }
  return true;
}

bool read_fully(int fd, void *bytes, size_t size) {
  char *rest = bytes;
  while (size > 0) {
    ssize_t count = read(fd, rest, size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    rest += count;
    size -= (size_t)count;
  }
  return true;
}

void *allocate(size_t size) {
  void *memory = calloc(1, size ? size : 1);
  if (!memory) fail("allocate memory");
  return memory;
}

void join_cgroup(const char *directory) {
  char path[4096];
  snprintf(path, sizeof path, "%s/cgroup.procs", directory);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, "0", 1) != 1) fail_at("join cgroup '%s'", directory);
  close(fd);
}

void reset_signals(void) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

int watch_children(void) {
  sigset_t ended;
  sigemptyset(&ended);
  sigaddset(&ended, SIGCHLD);
  sigprocmask(SIG_BLOCK, &ended, NULL);
  int children = signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK);
  if (children < 0) fail("watch for ended processes");
  return children;
}
