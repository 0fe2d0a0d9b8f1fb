#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native.h"

static int pidfd_of(pid_t pid) {
  return (int)syscall(SYS_pidfd_open, pid, 0);
}

/*
 * guard PID COMMAND...: runs COMMAND with the standard handles of the caller, kills it as soon as process PID
 * is gone, and passes on its exit code (128+n for a signal). PID is watched by descriptor, since the kernel's
 * own "parent died" signal follows the thread that forked, which may end long before its process.
 */
int run_guard(int count, char **words) {
  if (count < 2) return 2;
  pid_t owner = (pid_t)atol(words[0]);
  int owner_fd = pidfd_of(owner);
  if (owner_fd < 0 || getppid() != owner) return 1; /* gone already: nothing may start */
  reset_signals();
  pid_t self = getpid();
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != self) _exit(1);
    execvp(words[1], words + 1);
    fprintf(stderr, "%s: %s\n", words[1], strerror(errno));
    _exit(127);
  }
  int child_fd = pidfd_of(child);
  struct pollfd watched[2] = {{.fd = owner_fd, .events = POLLIN}, {.fd = child_fd, .events = POLLIN}};
  while (poll(watched, 2, -1) < 0 && errno == EINTR);
  if (watched[0].revents) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
