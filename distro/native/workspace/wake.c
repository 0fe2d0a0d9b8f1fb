#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clients.h"
#include "interop.h"
#include "plan.h"
#include "socket_link.h"
#include "text.h"

/* 'windlass start' has returned: the engine runs, and its agent opens the sockets of the workspaces next. */
#define SERVED_MILLISECONDS 30000
/* Windlass looks every 5 s which distros run, and starts to serve them. */
#define NOTICED_MILLISECONDS 10000
#define INTERVAL_MILLISECONDS 50
#define EXPLAINED_MILLISECONDS 1000

void set_home(const struct configuration *configuration) {
  if (!configuration->home) return;
  setenv("WINDLASS_HOME", configuration->home, 1);
  /* WSL passes on the variables that this one names. */
  const char *passed = getenv("WSLENV");
  char *extended =
      passed && *passed ? format_string("%s:WINDLASS_HOME/w", passed) : copy_string("WINDLASS_HOME/w");
  setenv("WSLENV", extended, 1);
}

/* Writes what a start that failed has said. */
static void repeat(int said) {
  char bytes[4096];
  ssize_t count;
  if (said < 0 || lseek(said, 0, SEEK_SET) < 0) return;
  while ((count = read(said, bytes, sizeof bytes)) > 0)
    if (write(STDERR_FILENO, bytes, (size_t)count) != count) return;
}

/*
 * Runs 'windlass start'. Its progress is for a person at a terminal; a script reads the command's own stderr,
 * and gets it only if the start fails. Not through a pipe: what is started may hold its end open for as long
 * as it runs.
 */
static void start(const struct configuration *configuration) {
  int said = isatty(STDERR_FILENO) ? -1 : memfd_create("windlass start", MFD_CLOEXEC);
  pid_t child = fork();
  if (child < 0) give_up("cannot start the engine: %s", strerror(errno));
  if (child == 0) {
    /* The command's own input and output are not for this program. */
    int nowhere = open("/dev/null", O_RDWR);
    if (nowhere >= 0) {
      dup2(nowhere, STDIN_FILENO);
      dup2(nowhere, STDOUT_FILENO);
      if (nowhere > STDERR_FILENO) close(nowhere);
    }
    if (said >= 0) dup2(said, STDERR_FILENO);
    set_home(configuration);
    char *words[] = {configuration->executable, "start", NULL};
    become_windows_program(configuration->executable, words);
    give_up("cannot run '%s': %s", configuration->executable, strerror(errno));
  }
  int status;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) give_up("cannot start the engine: %s", strerror(errno));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    if (said >= 0) close(said);
    return;
  }
  repeat(said);
  if (WIFEXITED(status))
    give_up("the engine does not start: 'windlass start' has ended with %d.", WEXITSTATUS(status));
  give_up("the engine does not start: 'windlass start' was ended by signal %d.", WTERMSIG(status));
}

static bool is_served(const struct configuration *configuration, const char *program) {
  return has_engines_program(configuration, program) && listens(configuration->socket);
}

static void pause_briefly(void) {
  const struct timespec interval = {.tv_nsec = INTERVAL_MILLISECONDS * 1000000L};
  nanosleep(&interval, NULL);
}

/* Waits until the engine serves this distro; false when the time is over. */
static bool wait_until_served(const struct configuration *configuration, const char *program,
                              int milliseconds) {
  for (int waited = 0; !is_served(configuration, program); waited += INTERVAL_MILLISECONDS) {
    if (waited >= milliseconds) return false;
    /* A person may wonder; a script has its reasons to read stderr. */
    if (waited == EXPLAINED_MILLISECONDS && isatty(STDERR_FILENO))
      fputs("windlass: waiting for the engine to serve this distro\n", stderr);
    pause_briefly();
  }
  return true;
}

/* Without interop: Windlass notices by itself that this distro has started, if it runs. */
static void wait_to_be_noticed(const struct configuration *configuration, const char *program) {
  if (wait_until_served(configuration, program, NOTICED_MILLISECONDS)) return;
  give_up(
      "the engine is not running, and this distro cannot start Windows programs. Run 'windlass start' in "
      "Windows, or switch [interop] on in /etc/wsl.conf.");
}

/* Fifty commands of a prompt or a script start Windlass once: one has the turn, the others wait for it. */
void wake(const struct configuration *configuration, const char *program) {
  if (!has_interop()) {
    wait_to_be_noticed(configuration, program);
    return;
  }
  if (access(configuration->executable, F_OK) < 0)
    give_up(
        "the engine is not running, and '%s' is missing. Run 'windlass start' in Windows; if Windlass has moved, "
        "'windlass workspace enable' makes this distro find it.",
        configuration->executable);
  /* The descriptor stays open until this process becomes the command, or ends in any other way. */
  int turn = open(CONFIGURATION_PATH, O_RDONLY | O_CLOEXEC);
  while (flock(turn, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
    if (is_served(configuration, program)) return;
    pause_briefly();
  }
  if (!is_served(configuration, program)) start(configuration);
  if (wait_until_served(configuration, program, SERVED_MILLISECONDS)) return;
  give_up("the engine runs, but does not serve this distro. Run 'windlass workspace check' in Windows.");
}
