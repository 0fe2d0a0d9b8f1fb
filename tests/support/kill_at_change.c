/*
 * kill-at-change N PROGRAM ARGS...: runs a program that has one thread, and kills it before its N-th system
 * call that changes a file system, as SIGKILL or a power cut would. Exit code 9 if it was killed, else that
 * of the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLED = 9, BROKEN = 99 };

static int changes(const struct user_regs_struct *call) {
  switch (call->orig_rax) {
    case SYS_openat: return (call->rdx & O_CREAT) != 0;
    case SYS_write: return call->rdi > STDERR_FILENO;
    case SYS_mkdirat:
    case SYS_unlinkat:
    case SYS_symlinkat:
    case SYS_linkat:
    case SYS_renameat:
    case SYS_renameat2:
    case SYS_fchown:
    case SYS_fchmod: return 1;
    default: return 0;
  }
}

static pid_t start(char **words) {
  pid_t child = fork();
  if (child != 0) return child;
  ptrace(PTRACE_TRACEME, 0, NULL, NULL);
  raise(SIGSTOP);
  execv(words[0], words);
  _exit(BROKEN);
}

int main(int count, char **words) {
  if (count < 3) return BROKEN;
  long left = strtol(words[1], NULL, 10);
  pid_t child = start(words + 2);
  int status;
  if (child < 0 || waitpid(child, &status, 0) < 0) return BROKEN;
  if (ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC) <
      0)
    return BROKEN;
  for (int is_entry = 0, signal = 0;;) {
    if (ptrace(PTRACE_SYSCALL, child, NULL, signal) < 0 || waitpid(child, &status, 0) < 0) return BROKEN;
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    if (WIFSIGNALED(status)) return BROKEN;
    int is_call = WSTOPSIG(status) == (SIGTRAP | 0x80);
    signal = is_call || status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8) ? 0 : WSTOPSIG(status);
    if (!is_call) continue;
    is_entry = !is_entry;
    struct user_regs_struct call;
    if (!is_entry || ptrace(PTRACE_GETREGS, child, NULL, &call) < 0 || !changes(&call) || --left > 0)
      continue;
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return KILLED;
  }
}
