#include <pthread.h>
#include <termios.h>
#include <unistd.h>

#include "relay.h"

static struct termios original;
static int terminal = -1;

void restore_terminal(void) {
  if (terminal >= 0) tcsetattr(terminal, TCSADRAIN, &original);
  terminal = -1;
}

void make_terminal_raw(int fd) {
  if (tcgetattr(fd, &original) < 0) return;
  struct termios raw = original;
  cfmakeraw(&raw);
  terminal = fd;
  tcsetattr(fd, TCSADRAIN, &raw);
}
