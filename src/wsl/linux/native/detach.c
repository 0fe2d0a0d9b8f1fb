#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "native.h"

/*
 * detach LOG COMMAND...: the command runs in a session of its own, at /, with no descriptor of the caller (a
 * pipe kept open would make the caller's caller wait for ever); what it prints goes to the end of LOG.
 */
int run_detach(int count, char **words) {
  if (count < 2) return 2;
  int log = open(words[0], O_WRONLY | O_CREAT | O_APPEND, 0600);
  int nothing = open("/dev/null", O_RDONLY);
  if (log < 0 || nothing < 0) fail_at("open '%s'", words[0]);
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child > 0) _exit(0);
  setsid();
  dup2(nothing, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  close_range(3, ~0U, 0);
  reset_signals();
  umask(022);
  if (chdir("/") < 0) fail("chdir to /");
  execv(words[1], words + 1);
  fail_at("run '%s'", words[1]);
}
