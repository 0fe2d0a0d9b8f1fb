#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "relay.h"

static struct termios original;
static int terminal = -1;

void restore_terminal(void)
{
	if (terminal >= 0)
		tcsetattr(terminal, TCSADRAIN, &original);
	terminal = -1;
}

static void end_by_signal(int number)
{
	if (terminal >= 0)
		tcsetattr(terminal, TCSANOW, &original);
	signal(number, SIG_DFL);
	raise(number);
}

void make_terminal_raw(int fd)
{
	if (tcgetattr(fd, &original) < 0)
		return;
	static const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE};
	struct sigaction action = {.sa_handler = end_by_signal};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		sigaction(ends[i], &action, NULL);
	struct termios raw = original;
	cfmakeraw(&raw);
	terminal = fd;
	tcsetattr(fd, TCSADRAIN, &raw);
}
