#define _GNU_SOURCE
#include "interop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "message.h"
#include "native.h"

/* Calls at once of one distro; each is a process and a terminal of the machine. */
#define CALLS_MAX 256

static void serve_calls(int listener, int control, const struct interop *interop) __attribute__((noreturn));
static void serve_calls(int listener, int control, const struct interop *interop) {
  int calls = 0;
  struct pollfd watched[2] = {{.fd = control, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
  for (;;) {
    if (poll(watched, 2, -1) < 0) continue;
    if (watched[0].revents) _exit(0); /* the distro is gone */
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) continue;
    while (waitpid(-1, NULL, WNOHANG) > 0) calls--;
    pid_t pid = calls < CALLS_MAX ? fork() : -1;
    if (pid == 0) {
      close(listener);
      close(control);
      run_interop_session(connection, interop);
    }
    if (pid > 0) calls++;
    close(connection);
  }
}

struct interop_server start_interop(const struct interop *interop) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) fail("make a pair of sockets");
  pid_t parent = getpid(), pid = fork();
  if (pid < 0) fail("start the server of interop");
  if (pid > 0) {
    close(ends[1]);
    return (struct interop_server){.pid = pid, .control = ends[0]};
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(0);
  prctl(PR_SET_NAME, "windlass-calls");
  close(ends[0]);
  setsid();
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO); /* the service waits for the end of its pipe */
  int listener = -1;
  char byte;
  if (receive_with_descriptors(ends[1], &byte, 1, &listener, 1) != 1) _exit(0);
  serve_calls(listener, ends[1], interop);
}

void open_interop_socket(int control) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = INTEROP_SOCKET};
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  /* Every user of the distro may call, as in the real one. */
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
      chmod(INTEROP_SOCKET, 0777) < 0 || listen(listener, 128) < 0 ||
      !send_with_descriptors(control, "l", 1, &listener, 1))
    fail("open the socket of interop");
  close(listener);
  close(control);
}

void stop_interop(struct interop_server server) {
  if (server.pid <= 0) return;
  kill(server.pid, SIGKILL);
  while (waitpid(server.pid, NULL, 0) < 0 && errno == EINTR);
}
