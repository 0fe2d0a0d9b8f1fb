/*
 * The conversation between a relay and the session in the distro that serves it, over a unix stream socket.
 */
#ifndef WSL_MESSAGE_H
#define WSL_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>

#define LAUNCH_MAGIC 0x57534c31u
/* Arguments and environment of one launch; execve itself allows about 2 MiB. */
#define LAUNCH_BYTES_MAX (4u << 20)

enum launch_form {
  LAUNCH_EXEC = 1,  /* argv as given */
  LAUNCH_SHELL = 2, /* one string, given to the user's shell with -c */
  LAUNCH_LOGIN = 3, /* the user's shell as a login shell */
};

/*
 * First message of the relay. After it come `bytes` bytes of NUL-terminated strings: user, working directory,
 * `words` words of the command, `variables` environment entries. The descriptors of the handles that are not
 * a terminal travel with it, in the order stdin, stdout, stderr.
 */
struct launch {
  uint32_t magic;
  uint32_t bytes;
  uint32_t form;
  uint32_t login;     /* non-zero: the shell form starts a login shell */
  uint32_t terminals; /* bit n is set when handle n is a terminal */
  uint32_t words;
  uint32_t variables;
  struct winsize size;
};

enum answer_kind {
  ANSWER_STARTED = 1, /* carries the pty master */
  ANSWER_EXITED = 2,  /* value: raw wait status */
  ANSWER_USER_NOT_FOUND = 3,
  ANSWER_TTY_LIMIT = 4,
};

struct answer {
  uint32_t kind;
  int32_t value;
};

/* What the relay may send while the program runs: a signal that it was sent itself. */
struct sent_signal {
  int32_t number;
  int32_t to_group; /* non-zero: a terminal sends it to all processes of a group */
};

/* Sends bytes together with up to 4 descriptors. */
bool send_with_descriptors(int socket, const void *bytes, size_t size, const int *descriptors, int count);
/*
 * Receives exactly `size` bytes and the descriptors that came with them; returns their number, -1 at the end.
 */
int receive_with_descriptors(int socket, void *bytes, size_t size, int *descriptors, int most);

#endif
