#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "native.h"
#include "relay.h"

/* The most an unprivileged process may ask for, and enough that a reader on another core is never starved. */
#define PIPE_BYTES (1 << 20)
/* Read and write only serve terminals and odd files. */
#define COPY_BYTES (64u << 10)
/* More than a terminal can hold: the kernel stops its writer at 64 KiB. */
#define TERMINAL_BACKLOG (256 << 10)

void widen_pipe(int fd) {
  int size = fcntl(fd, F_GETPIPE_SZ);
  if (size > 0 && size < PIPE_BYTES) fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
}

static bool wait_for(int fd, short events) {
  struct pollfd one = {.fd = fd, .events = events};
  while (poll(&one, 1, -1) < 0)
    if (errno != EINTR) return false;
  return !(one.revents & (POLLERR | POLLNVAL));
}

static bool write_waiting(int fd, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t written = write(fd, bytes, size);
    if (written < 0 && errno == EAGAIN && wait_for(fd, POLLOUT)) continue;
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    size -= (size_t)written;
  }
  return true;
}

/*
 * Moves up to `most` bytes, waiting for room but, after a poll, not for input. Returns the number, 0 at the
 * end of input, -1 when the receiving side is gone. Pages move by splice where the kernel can; a terminal, or
 * a file opened for appending, needs a copy, which `*splices` remembers.
 */
static ssize_t move_bytes(struct pump *pump, size_t most, bool *splices) {
  static __thread char buffer[COPY_BYTES];
  while (*splices) {
    ssize_t count = splice(pump->from, NULL, pump->to, NULL, most, SPLICE_F_MOVE);
    if (count >= 0) return count;
    if (errno == EINVAL)
      *splices = false;
    else if (errno == EAGAIN) { /* an outer handle is set to non-blocking by its owner */
      if (!wait_for(pump->to, POLLOUT) || !wait_for(pump->from, POLLIN)) return -1;
    } else if (errno != EINTR) {
      return -1;
    }
  }
  ssize_t count;
  do count = read(pump->from, buffer, most < sizeof buffer ? most : sizeof buffer);
  while (count < 0 && (errno == EINTR || (errno == EAGAIN && wait_for(pump->from, POLLIN))));
  if (count < 0) return 0; /* EIO: the terminal has hung up */
  return count > 0 && !write_waiting(pump->to, buffer, (size_t)count) ? -1 : count;
}

/*
 * What the program wrote before it ended is on its way now; what others write later is not awaited. A pipe
 * tells at once how much it holds. A terminal does not, but asking it whether it can be read also pushes on
 * what it holds back, of which there is a most.
 */
static void drain(struct pump *pump, bool *splices) {
  bool terminal = isatty(pump->from);
  int left = TERMINAL_BACKLOG;
  if (!terminal && ioctl(pump->from, FIONREAD, &left) < 0) return;
  while (left > 0) {
    struct pollfd now = {.fd = pump->from, .events = POLLIN};
    if (terminal && poll(&now, 1, 0) <= 0) return;
    ssize_t moved = move_bytes(pump, (size_t)left, splices);
    if (moved <= 0) return;
    left -= (int)moved;
  }
}

static void *run_output_pump(void *argument) {
  struct pump *pump = argument;
  bool splices = true;
  struct pollfd watched[3] = {
      {.fd = pump->from, .events = POLLIN}, {.fd = pump->stop, .events = POLLIN}, {.fd = pump->to}};
  for (;;) {
    if (poll(watched, 3, -1) < 0) {
      if (errno == EINTR) continue;
      break;
    }
    if (watched[1].revents) {
      drain(pump, &splices);
      break;
    }
    if (watched[2].revents & (POLLERR | POLLNVAL))
      break; /* nobody reads any more: the guest shall get EPIPE */
    if (watched[0].revents && move_bytes(pump, PIPE_BYTES, &splices) <= 0) break;
  }
  close(pump->from);
  return NULL;
}

static void *run_input_pump(void *argument) {
  struct pump *pump = argument;
  bool splices = true;
  struct pollfd watched[2] = {{.fd = pump->from, .events = POLLIN}, {.fd = pump->to}};
  for (;;) {
    if (poll(watched, 2, -1) < 0) {
      if (errno == EINTR) continue;
      break;
    }
    if (watched[1].revents & (POLLERR | POLLNVAL)) break; /* the guest has closed its input */
    if (watched[0].revents && move_bytes(pump, PIPE_BYTES, &splices) <= 0) break;
  }
  close(pump->to); /* end of input reaches the guest; its output continues */
  return NULL;
}

bool start_output_pump(struct pump *pump, pthread_t *thread) {
  widen_pipe(pump->to);
  return pthread_create(thread, NULL, run_output_pump, pump) == 0;
}

bool start_input_pump(struct pump *pump, pthread_t *thread) {
  widen_pipe(pump->from);
  return pthread_create(thread, NULL, run_input_pump, pump) == 0;
}
