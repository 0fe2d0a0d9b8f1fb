#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native.h"
#include "relay.h"

/* -1 of the contract, as a Linux exit code. */
#define EXIT_OWN_FAILURE 255
/* What `wsl` returns when the distro is ended under a running program. */
#define EXIT_DISTRO_GONE 1

static const char USER_NOT_FOUND[] = "User not found.\r\nError code: Wsl/WSL_E_USER_NOT_FOUND\r\n";
static const char TTY_LIMIT[] =
    "The maximum number of terminals is in use.\r\nError code: Wsl/WSL_E_TTY_LIMIT\r\n";

static int refuse(const char *text) {
  print_own_text(text);
  return EXIT_OWN_FAILURE;
}

/* Statuses 67 and 87 of a program cannot be distinguished from the two failures that use them, as on Windows.
 */
static int exit_code(int status) {
  if (!WIFEXITED(status)) return status & 0xff;
  switch (WEXITSTATUS(status)) {
    case 67: return refuse(USER_NOT_FOUND);
    case 87: return refuse(TTY_LIMIT);
    default: return WEXITSTATUS(status);
  }
}

static int connect_to(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection < 0 || strlen(path) >= sizeof address.sun_path) return -1;
  strcpy(address.sun_path, path);
  if (connect(connection, (struct sockaddr *)&address, sizeof address) < 0) return -1;
  return connection;
}

/* Pipes for the handles that are not a terminal: `ours` stay here, `theirs` travel with the request. */
static int make_pipes(struct launch *header, int ours[3], int theirs[3]) {
  int count = 0;
  for (int handle = 0; handle < 3; handle++) {
    ours[handle] = -1;
    if (isatty(handle)) {
      header->terminals |= 1u << handle;
      ioctl(handle, TIOCGWINSZ, &header->size);
      continue;
    }
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) fail("make a pipe");
    widen_pipe(ends[0]);
    ours[handle] = ends[handle == 0];
    theirs[count++] = ends[handle != 0];
  }
  return count;
}

/* The outer handle that shows what the guest writes to its terminal; -1 when none is a terminal. */
static int shown_terminal(uint32_t terminals) {
  return terminals & 2 ? 1 : terminals & 4 ? 2 : terminals & 1 ? 0 : -1;
}

struct outputs {
  struct pump pumps[3];
  pthread_t threads[3];
  int count;
};

static void add_output(struct outputs *outputs, int from, int to, int stop) {
  struct pump *pump = &outputs->pumps[outputs->count];
  *pump = (struct pump){.from = from, .to = to, .stop = stop};
  if (start_output_pump(pump, &outputs->threads[outputs->count])) outputs->count++;
}

/* Bytes that a program writes to /dev/tty although no handle is a terminal: nobody can see them. */
static void discard(int master) {
  char ignored[4096];
  while (read(master, ignored, sizeof ignored) > 0);
}

/* Until the program ends or the distro is gone; passes on the signals that come meanwhile. */
static bool wait_for_exit(int connection, int master, int shown, int signals, int *status) {
  if (shown < 0) fcntl(master, F_SETFL, O_NONBLOCK);
  struct pollfd watched[3] = {{.fd = connection, .events = POLLIN},
                              {.fd = signals, .events = POLLIN},
                              {.fd = shown < 0 ? master : -1, .events = POLLIN}};
  for (;;) {
    if (poll(watched, 3, -1) < 0) continue;
    if (watched[0].revents) {
      struct answer answer;
      if (!read_fully(connection, &answer, sizeof answer) || answer.kind != ANSWER_EXITED) return false;
      *status = answer.value;
      return true;
    }
    if (watched[1].revents) forward_signals(signals, connection, shown, master);
    if (watched[2].revents & POLLIN)
      discard(master);
    else if (watched[2].revents)
      watched[2].fd = -1;
  }
}

int relay_launch(const struct relay_request *request) {
  struct launch header = {0};
  int ours[3], theirs[3];
  int theirs_count = make_pipes(&header, ours, theirs);
  int connection = connect_to(request->socket);
  if (connection < 0) return -1;
  size_t size;
  char *message = encode_relay_request(request, header, &size);
  if (!send_with_descriptors(connection, message, size, theirs, theirs_count)) return EXIT_DISTRO_GONE;
  for (int i = 0; i < theirs_count; i++) close(theirs[i]);

  struct answer answer;
  int master = -1;
  if (receive_with_descriptors(connection, &answer, sizeof answer, &master, 1) < 0) return EXIT_DISTRO_GONE;

  int stop = eventfd(0, EFD_CLOEXEC);
  struct outputs outputs = {0};
  struct pump input = {.from = 0, .to = header.terminals & 1 ? master : ours[0], .stop = -1};
  pthread_t input_thread;
  int shown = shown_terminal(header.terminals);
  bool started = answer.kind == ANSWER_STARTED;
  int signals = started ? hold_signals() : -1; /* before any thread: threads have their starter's mask */
  struct winsize now;
  if (started && shown >= 0 && ioctl(shown, TIOCGWINSZ, &now) == 0)
    ioctl(master, TIOCSWINSZ, &now); /* it may have changed since the request */
  if (started && header.terminals & 1) make_terminal_raw(0);
  for (int handle = 1; handle < 3; handle++)
    if (ours[handle] >= 0) add_output(&outputs, ours[handle], handle, stop);
  if (shown >= 0 && master >= 0) add_output(&outputs, dup(master), shown, stop);
  if (started && (input.to = header.terminals & 1 ? dup(master) : ours[0]) >= 0)
    start_input_pump(&input, &input_thread);

  int status = 0;
  bool ended = started && wait_for_exit(connection, master, shown, signals, &status);
  eventfd_write(stop, 1);
  for (int i = 0; i < outputs.count; i++) pthread_join(outputs.threads[i], NULL);
  restore_terminal();
  if (answer.kind == ANSWER_USER_NOT_FOUND) return refuse(USER_NOT_FOUND);
  if (answer.kind == ANSWER_TTY_LIMIT) return refuse(TTY_LIMIT);
  return ended ? request->exit_code(status) : EXIT_DISTRO_GONE;
}

/* relay: runs one program in a distro with the caller's handles; the exit code is the contract's. */
int run_relay(int count, char **words) {
  struct relay_request request = {.exit_code = exit_code};
  if (!parse_relay_request(count, words, &request)) return 2;
  start_with_signals();
  signal(SIGPIPE, SIG_IGN);
  int result = relay_launch(&request);
  return result < 0 ? EXIT_DISTRO_GONE : result;
}
