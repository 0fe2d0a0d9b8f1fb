#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "native.h"

/* Where names without a slash are looked for: the contract's list, not the PATH of the program. */
static const char *const SEARCHED[] = {"/usr/local/bin", "/bin", "/usr/bin"};

static void set_variable(const char *name, const char *value) {
  if (setenv(name, value, 1) < 0) fail("set the environment");
}

static void enter_directory(const char *directory, const struct account *account) {
  char path[PATH_MAX];
  if (directory[0] == '~')
    snprintf(path, sizeof path, "%s%s", account->home, directory + 1);
  else
    snprintf(path, sizeof path, "%s", directory);
  if (chdir(path) < 0) {
    complain(__LINE__, "chdir(%s) failed %d", path, errno);
    if (chdir(account->home) < 0 && chdir("/") < 0) _exit(1);
  }
}

static void become(const struct account *account) {
  if (setgroups((size_t)account->group_count, account->groups) < 0 || setgid(account->gid) < 0 ||
      setuid(account->uid) < 0) {
    complain(__LINE__, "setuid(%d) failed %d", (int)account->uid, errno);
    _exit(1);
  }
}

static void execute(const char *file, char **words) {
  if (strchr(file, '/')) {
    execv(file, words);
  } else {
    int reason = ENOENT;
    for (size_t i = 0; i < sizeof SEARCHED / sizeof *SEARCHED; i++) {
      char path[PATH_MAX];
      snprintf(path, sizeof path, "%s/%s", SEARCHED[i], file);
      execv(path, words);
      if (errno != ENOENT && errno != ENOTDIR) reason = errno;
    }
    errno = reason;
  }
  complain(__LINE__, "execvpe(%s) failed: %s", file, strerror(errno));
  _exit(1);
}

/* The words of the command as execve wants them: the shell form goes through the user's shell. */
static char **command_words(const struct request *request, const struct account *account, char **file) {
  static char dashed[PATH_MAX];
  const char *base = strrchr(account->shell, '/');
  snprintf(dashed, sizeof dashed, "-%s", base ? base + 1 : account->shell);
  char *name = request->header.login ? dashed : account->shell;
  char **words = allocate(sizeof(char *) * 4);
  switch ((enum launch_form)request->header.form) {
    case LAUNCH_EXEC: *file = request->words[0]; return request->words;
    case LAUNCH_SHELL:
      *file = account->shell;
      words[0] = name;
      words[1] = "-c";
      words[2] = request->words[0];
      return words;
    case LAUNCH_LOGIN:
      *file = account->shell;
      words[0] = dashed;
      return words;
  }
  _exit(1);
}

static void run_program(const struct request *request, const struct account *account, int slave) {
  take_handles(request, slave);
  clearenv();
  set_variable("HOME", account->home);
  set_variable("USER", account->name);
  set_variable("LOGNAME", account->name);
  set_variable("SHELL", account->shell);
  for (char **variable = request->variables; *variable; variable++)
    if (strchr(*variable, '=') && putenv(*variable) != 0) fail("set the environment");

  become(account);
  enter_directory(request->directory, account);
  char *file = NULL;
  char **words = command_words(request, account, &file);
  execute(file, words);
}

/*
 * Stays until the program and all that descends from it are gone: while a session lives, its distro counts as
 * in use. The relay is notified of the program alone, at once. A relay that dies closes the master of the
 * pty, and the kernel then sends SIGHUP and SIGCONT to the program's session; nothing is to be done here.
 */
static void wait_for_all(pid_t program, int connection, int children) {
  struct pollfd watched[2] = {{.fd = children, .events = POLLIN}, {.fd = connection, .events = POLLIN}};
  for (;;) {
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid == program && !WIFSTOPPED(status)) {
      send_answer(connection, ANSWER_EXITED, status, -1);
      close(connection);
      watched[1].fd = -1;
    }
    if (pid < 0 && errno == ECHILD) _exit(0);
    if (pid > 0 || poll(watched, 2, -1) < 0) continue;
    struct signalfd_siginfo ignored;
    while (read(children, &ignored, sizeof ignored) > 0);
    if (watched[1].revents && !pass_signal_on(connection, program)) watched[1].fd = -1;
  }
}

void run_session(int connection) {
  prctl(PR_SET_NAME, "Relay");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  reset_signals();
  signal(SIGPIPE, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  struct request request = {0};
  read_request(connection, &request);

  int master = -1, slave = -1;
  if (!open_terminal(&master, &slave)) {
    send_answer(connection, ANSWER_TTY_LIMIT, errno, -1);
    _exit(0);
  }
  ioctl(master, TIOCSWINSZ, &request.header.size);
  struct account account;
  if (!find_account(request.user, &account)) {
    dup2(request.handles[2] >= 0 ? request.handles[2] : slave, STDERR_FILENO);
    complain(__LINE__, "getpwnam(%s) failed %d", request.user, 0);
    send_answer(connection, ANSWER_USER_NOT_FOUND, 0, master);
    _exit(0);
  }
  if (request.header.form != LAUNCH_LOGIN && !request.words[0]) _exit(1);
  if (!send_answer(connection, ANSWER_STARTED, 0, master)) _exit(0);
  int children = watch_children();
  pid_t program = fork();
  if (program == 0) run_program(&request, &account, slave);
  close(master); /* only the relay may hold it */
  close(slave);
  drop_handles(&request);
  wait_for_all(program, connection, children);
  _exit(0);
}
