#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "native.h"
#include "session.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

void complain(int line, const char *format, ...) {
  char text[2048];
  va_list values;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  dprintf(STDERR_FILENO, "<3>WSL (%d - Relay) ERROR: CreateProcessCommon:%d: %s\n", (int)getpid(), line,
          text);
}

static char *next_string(char **rest, const char *end) {
  char *start = *rest;
  if (start >= end) _exit(1);
  *rest += strlen(start) + 1;
  return start;
}

static char **next_strings(char **rest, const char *end, uint32_t count) {
  char **strings = allocate(sizeof(char *) * ((size_t)count + 1));
  for (uint32_t i = 0; i < count; i++) strings[i] = next_string(rest, end);
  return strings;
}

void read_request(int connection, struct request *request) {
  struct launch *header = &request->header;
  int received[3];
  int count = receive_with_descriptors(connection, header, sizeof *header, received, 3);
  if (count < 0 || header->magic != LAUNCH_MAGIC || header->bytes > LAUNCH_BYTES_MAX ||
      header->words > header->bytes || header->variables > header->bytes)
    _exit(1);
  char *strings = allocate((size_t)header->bytes + 1);
  if (!read_fully(connection, strings, header->bytes)) _exit(1);
  char *rest = strings;
  request->user = next_string(&rest, strings + header->bytes);
  request->directory = next_string(&rest, strings + header->bytes);
  request->words = next_strings(&rest, strings + header->bytes, header->words);
  request->variables = next_strings(&rest, strings + header->bytes, header->variables);
  for (int handle = 0, taken = 0; handle < 3; handle++)
    request->handles[handle] = header->terminals & (1u << handle) ? -1
                               : taken < count                    ? received[taken++]
                                                                  : -1;
}

bool send_answer(int connection, enum answer_kind kind, int value, int descriptor) {
  struct answer answer = {.kind = kind, .value = value};
  return send_with_descriptors(connection, &answer, sizeof answer, &descriptor, descriptor >= 0);
}

bool open_terminal(int *master, int *slave) {
  int unlocked = 0;
  *master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (*master < 0 || ioctl(*master, TIOCSPTLCK, &unlocked) < 0) return false;
  *slave = ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  return *slave >= 0;
}

void take_handles(const struct request *request, int slave) {
  setsid();
  ioctl(slave, TIOCSCTTY, 0);
  for (int handle = 0; handle < 3; handle++)
    dup2(request->handles[handle] >= 0 ? request->handles[handle] : slave, handle);
  close_range(3, ~0U, 0);
  reset_signals();
  umask(022);
}

void drop_handles(const struct request *request) {
  for (int handle = 0; handle < 3; handle++)
    if (request->handles[handle] >= 0) close(request->handles[handle]);
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int handle = 0; handle < 3; handle++) dup2(nothing, handle);
}

bool pass_signal_on(int connection, pid_t program) {
  struct sent_signal sent;
  if (!read_fully(connection, &sent, sizeof sent) || sent.number <= 0 || sent.number >= NSIG) return false;
  kill(sent.to_group ? -program : program, sent.number);
  return true;
}
