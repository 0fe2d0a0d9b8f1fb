#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interop.h"
#include "native.h"
#include "session.h"

bool path_on_drive(const struct interop *interop, const char *path, char result[PATH_MAX]) {
  size_t length = strlen(interop->drive_root);
  if (strncmp(path, interop->drive_root, length) != 0 || (path[length] && path[length] != '/')) return false;
  const char *drive = strcmp(interop->drive, "/") == 0 ? "" : interop->drive;
  const char *rest = path[length] || drive[0] ? path + length : "/";
  return snprintf(result, PATH_MAX, "%s%s", drive, rest) < PATH_MAX;
}

/* A value as the machine has it: a path, or with `list` paths that are joined by colons. */
static char *translated(const struct interop *interop, const char *value, bool list) {
  size_t parts = 1;
  for (const char *at = value; (at = strchr(at, ':')); at++) parts++;
  /* Each part may grow by the name of the drive's folder and a slash. */
  char *result = allocate(strlen(value) + 1 + parts * (strlen(interop->drive) + 1));
  char *copy = strdup(value), *rest = copy, *part;
  while (copy && (part = list ? strsep(&rest, ":") : rest)) {
    char path[PATH_MAX];
    if (!list) rest = NULL;
    if (result[0]) strcat(result, ":");
    strcat(result, path_on_drive(interop, part, path) ? path : part);
  }
  free(copy);
  return result;
}

static const char *variable_of(const struct request *request, const char *name, size_t length) {
  for (char **each = request->variables; *each; each++)
    if (strncmp(*each, name, length) == 0 && (*each)[length] == '=') return *each + length + 1;
  return NULL;
}

/*
 * Of the distro's variables only those that WSLENV names cross: NAME[/flags], joined by colons. The flag `u`
 * means the other direction alone; an item with an unknown flag is left out.
 */
static void set_variables(const struct interop *interop, const struct request *request) {
  const char *list = variable_of(request, "WSLENV", strlen("WSLENV"));
  char *rest = list ? strdup(list) : NULL, *item;
  while ((item = strsep(&rest, ":"))) {
    char *flags = strchr(item, '/');
    if (flags) *flags++ = 0;
    const char *value = variable_of(request, item, strlen(item));
    if (!item[0] || !value || (flags && (strchr(flags, 'u') || flags[strspn(flags, "plw")]))) continue;
    bool paths = flags && (strchr(flags, 'p') || strchr(flags, 'l'));
    setenv(item, paths ? translated(interop, value, strchr(flags, 'l') != NULL) : value, 1);
  }
}

/* A folder on the drive, or among the distro's own files as the machine has them. */
static void enter_folder(const struct interop *interop, const char *folder) {
  char path[PATH_MAX];
  if (!path_on_drive(interop, folder, path) &&
      snprintf(path, sizeof path, "%s%s", interop->rootfs, folder) >= (int)sizeof path)
    strcpy(path, "/");
  if (chdir(path) < 0 && chdir("/") < 0) _exit(1);
}

static void __attribute__((noreturn)) run_program(const struct interop *interop,
                                                  const struct request *request, int slave) {
  take_handles(request, slave);
  enter_folder(interop, request->directory);
  set_variables(interop, request);
  char program[PATH_MAX];
  errno = ENOENT;
  if (path_on_drive(interop, request->words[0], program)) execv(program, request->words + 1);
  complain(__LINE__, "execvpe(%s) failed: %s", request->words[0], strerror(errno));
  _exit(1);
}

/* Unlike in a distro, what the program has started is not waited for: nothing is ended for its sake. */
static void __attribute__((noreturn)) wait_for_program(pid_t program, int connection, int children) {
  struct pollfd watched[2] = {{.fd = children, .events = POLLIN}, {.fd = connection, .events = POLLIN}};
  for (;;) {
    int status;
    pid_t pid = waitpid(program, &status, WNOHANG);
    if (pid == program) {
      send_answer(connection, ANSWER_EXITED, status, -1);
      _exit(0);
    }
    if (poll(watched, 2, -1) < 0) continue;
    struct signalfd_siginfo ignored;
    while (read(children, &ignored, sizeof ignored) > 0);
    if (watched[1].revents && !pass_signal_on(connection, program)) watched[1].fd = -1;
  }
}

void run_interop_session(int connection, const struct interop *interop) {
  prctl(PR_SET_NAME, "windlass-call");
  reset_signals();
  signal(SIGPIPE, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  struct request request = {0};
  read_request(connection, &request);
  if (request.header.words < 2) _exit(1);
  int master = -1, slave = -1;
  if (!open_terminal(&master, &slave)) {
    send_answer(connection, ANSWER_TTY_LIMIT, errno, -1);
    _exit(0);
  }
  ioctl(master, TIOCSWINSZ, &request.header.size);
  if (!send_answer(connection, ANSWER_STARTED, 0, master)) _exit(0);
  int children = watch_children();
  pid_t program = fork();
  if (program == 0) run_program(interop, &request, slave);
  if (program < 0) _exit(1);
  close(master); /* only the relay may hold it */
  close(slave);
  drop_handles(&request);
  wait_for_program(program, connection, children);
}
