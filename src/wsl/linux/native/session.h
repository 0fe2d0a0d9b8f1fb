/* What a session in a distro and one of interop, which runs on the machine, have in common. */
#ifndef WSL_SESSION_H
#define WSL_SESSION_H

#include <stdbool.h>
#include <sys/types.h>

#include "message.h"

/* One launch, unpacked. */
struct request {
  struct launch header;
  char *user;
  char *directory;
  char **words;
  char **variables;
  int handles[3]; /* -1: the terminal */
};

/* Reads a launch; any disorder ends the process, which serves this connection alone. */
void read_request(int connection, struct request *request);
bool send_answer(int connection, enum answer_kind kind, int value, int descriptor);
/* A terminal of its own for every program. */
bool open_terminal(int *master, int *slave);
/* In the process of the program: its session, its terminal, its handles and nothing else that is open. */
void take_handles(const struct request *request, int slave);
/* In the process of the session: only the program may hold its handles, and nobody the service's own pipe. */
void drop_handles(const struct request *request);
/* Sends the program what its relay was sent. False when the relay is gone, or sends what no relay sends. */
bool pass_signal_on(int connection, pid_t program);
/* Prints a line as the init of the real system words its own, raw on the guest's stderr. */
void complain(int line, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
