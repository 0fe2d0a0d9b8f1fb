#define _GNU_SOURCE
#include "outside.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "native.h"

/*
 * Takes the prefix away from the names that begin with it: a variable's value is in no argument, which `ps`
 * shows.
 */
static void restore_names(const char *prefix) {
  for (char **variable = environ; variable && *variable; variable++)
    if (strncmp(*variable, prefix, strlen(prefix)) == 0) *variable += strlen(prefix);
}

/*
 * outside --at FOLDER --rootfs DIR --program PATH --plugins DIR [--folder DESCRIPTOR] [--unset NAME]...
 * [--restore PREFIX] [--set NAME=VALUE]... [--stand-in NAME MESSAGE]... -- WORD...: becomes a program of a
 * distro, outside of it: in the machine's own root, with the caller's environment, terminal, signals and
 * process id.
 */
int run_outside(int count, char **words) {
  struct tool_folder folder = {.stand_ins = allocate(sizeof(struct stand_in) * (size_t)(count + 1))};
  int i = 0;
  for (; i + 1 < count && strcmp(words[i], "--") != 0; i += 2) {
    const char *name = words[i];
    char *value = words[i + 1];
    if (strcmp(name, "--at") == 0)
      folder.path = value;
    else if (strcmp(name, "--rootfs") == 0)
      folder.rootfs = value;
    else if (strcmp(name, "--program") == 0)
      folder.program = value;
    else if (strcmp(name, "--plugins") == 0)
      folder.plugins = value;
    else if (strcmp(name, "--unset") == 0)
      unsetenv(value);
    else if (strcmp(name, "--restore") == 0)
      restore_names(value);
    else if (strcmp(name, "--set") == 0)
      putenv(value);
    else if (strcmp(name, "--folder") == 0) {
      if (fchdir(atoi(value)) < 0) fail_tool("cannot enter the current folder");
      close(atoi(value));
    } else if (strcmp(name, "--stand-in") == 0 && i + 2 < count) {
      folder.stand_ins[folder.stand_in_count++] = (struct stand_in){value, words[++i + 1]};
    } else
      return 2;
  }
  if (i >= count || !folder.path || !folder.rootfs || !folder.program || !folder.plugins) return 2;
  signal(SIGPIPE, SIG_DFL); /* the runtime that started this program ignores it; all others are the user's */
  mount_tool_folder(&folder);
  run_tool(folder.path, strrchr(folder.program, '/') + 1, words + i);
}
