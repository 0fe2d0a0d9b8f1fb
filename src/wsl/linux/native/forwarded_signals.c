#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "native.h"
#include "relay.h"

/* Those by which users, shells and supervisors speak to a program. */
static const int FORWARDED[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT};

static bool ignored[NSIG];

void start_with_signals(void) {
  for (size_t i = 0; i < sizeof FORWARDED / sizeof *FORWARDED; i++) {
    struct sigaction action;
    ignored[FORWARDED[i]] = sigaction(FORWARDED[i], NULL, &action) == 0 && action.sa_handler == SIG_IGN;
  }
  reset_signals();
  for (int number = 1; number < NSIG; number++)
    if (ignored[number]) signal(number, SIG_IGN);
}

int hold_signals(void) {
  sigset_t held;
  sigemptyset(&held);
  sigaddset(&held, SIGWINCH);
  for (size_t i = 0; i < sizeof FORWARDED / sizeof *FORWARDED; i++)
    if (!ignored[FORWARDED[i]]) sigaddset(&held, FORWARDED[i]);
  sigprocmask(SIG_BLOCK, &held, NULL);
  return signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
}

void forward_signals(int signals, int connection, int shown, int master) {
  struct signalfd_siginfo came;
  while (read(signals, &came, sizeof came) == sizeof came) {
    int number = (int)came.ssi_signo;
    struct winsize size;
    if (number == SIGWINCH) {
      if (shown >= 0 && ioctl(shown, TIOCGWINSZ, &size) == 0) ioctl(master, TIOCSWINSZ, &size);
      continue;
    }
    /* Shells stop and continue whole jobs; a terminal's keys are for all of its foreground. */
    bool to_group = came.ssi_code == SI_KERNEL || number == SIGCONT || number == SIGTSTP;
    struct sent_signal sent = {.number = number, .to_group = to_group};
    write_fully(connection, &sent, sizeof sent);
    if (number == SIGTSTP) raise(SIGSTOP); /* the shell sees its job stop */
  }
}
