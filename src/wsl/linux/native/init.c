#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native.h"

/* Sessions at once; each also takes a pty, whose number the kernel limits to 4096 by default. */
#define SESSIONS_MAX 8192

static pid_t sessions[SESSIONS_MAX];
static int session_count;

/*
 * Tells the service of each launch that has come, and when the first session begins and the last one ends:
 * its idle timer runs between.
 */
static void change_sessions(int change) {
  bool busy = session_count > 0;
  session_count += change;
  if (busy != (session_count > 0)) say(session_count > 0 ? "busy\n" : "idle\n");
}

static void reap(void) {
  pid_t pid;
  while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
    for (int i = 0; i < session_count; i++)
      if (sessions[i] == pid) {
        sessions[i] = sessions[session_count - 1];
        change_sessions(-1);
        break;
      }
}

static void take_launch(int listener) {
  int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (connection < 0) return;
  pid_t pid = session_count < SESSIONS_MAX ? fork() : -1;
  if (pid == 0) run_session(connection);
  close(connection);
  say("launched\n");
  if (pid > 0) {
    sessions[session_count] = pid;
    change_sessions(+1);
  }
}

static void start_boot_command(const char *command) {
  if (!command || fork() != 0) return;
  reset_signals();
  setsid();
  int nothing = open("/dev/null", O_RDONLY), log = open("/dev/kmsg", O_WRONLY);
  if (log < 0) log = open("/dev/null", O_WRONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  close_range(3, ~0U, 0);
  execl("/bin/sh", "sh", "-c", command, (char *)NULL);
  _exit(127);
}

void run_init(int listener, int lifeline, const char *boot_command) {
  int signals = watch_children();
  start_boot_command(boot_command);
  say("ready\n");
  struct pollfd watched[3] = {{.fd = signals, .events = POLLIN},
                              {.fd = listener, .events = POLLIN},
                              {.fd = lifeline, .events = POLLIN}};
  for (;;) {
    if (poll(watched, 3, -1) < 0) continue;
    if (watched[2].revents)
      _exit(0); /* the process that holds this distro is gone: the kernel kills the rest */
    if (watched[0].revents) {
      struct signalfd_siginfo ignored;
      while (read(signals, &ignored, sizeof ignored) > 0);
      reap();
    }
    if (watched[1].revents) take_launch(listener);
  }
}
