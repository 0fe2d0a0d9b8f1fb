#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interop.h"
#include "native.h"
#include "relay.h"

/* The variables that WSLENV names, and itself: the machine's side reads what they are for. */
static char **crossing_variables(int *count) {
  const char *list = getenv("WSLENV");
  size_t items = 2;
  for (const char *at = list; at && (at = strchr(at, ':')); at++) items++;
  char **variables = allocate(sizeof(char *) * items);
  *count = 0;
  if (!list) return variables;
  char *rest = strdup(list), *item;
  while (rest && (item = strsep(&rest, ":"))) {
    item[strcspn(item, "/")] = 0;
    const char *value = item[0] ? getenv(item) : NULL;
    if (value && asprintf(&variables[*count], "%s=%s", item, value) > 0) ++*count;
  }
  if (asprintf(&variables[*count], "WSLENV=%s", list) > 0) ++*count;
  return variables;
}

/* A program of the machine that a signal has ended, as shells say it. */
static int machine_exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/*
 * /init PATH ARGV0 ARGUMENT...: runs the file PATH, which is on the drive, on the machine. It has the handles
 * and the terminal of this process, its folder, the signals that it gets, and its exit code.
 */
int run_interop_client(int count, char **words) {
  if (count < 1) {
    fputs("usage: /init <program of Windows> <its name> [argument]...\n", stderr);
    return 1;
  }
  char program[PATH_MAX], folder[PATH_MAX];
  if (!realpath(words[0], program)) snprintf(program, sizeof program, "%s", words[0]);
  if (!getcwd(folder, sizeof folder)) strcpy(folder, "/");
  char **command = allocate(sizeof(char *) * ((size_t)count + 2));
  command[0] = program;
  command[1] = words[0];
  for (int i = 1; i < count; i++) command[i] = words[i];
  const char *socket = getenv("WSL_INTEROP");
  struct relay_request request = {.socket = socket && socket[0] ? socket : INTEROP_SOCKET,
                                  .user = "",
                                  .directory = folder,
                                  .form = LAUNCH_EXEC,
                                  .words = command,
                                  .word_count = count > 1 ? count : 2,
                                  .exit_code = machine_exit_code};
  request.variables = crossing_variables(&request.variable_count);
  start_with_signals();
  signal(SIGPIPE, SIG_IGN);
  int result = relay_launch(&request);
  if (result >= 0) return result;
  dprintf(STDERR_FILENO, "<3>WSL (%d - ) ERROR: UtilConnectUnix:%d: connect(%s) failed: %s\n", (int)getpid(),
          __LINE__, request.socket, strerror(errno));
  return 1;
}
