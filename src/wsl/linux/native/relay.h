/* The parts of `wsl-helper relay`. */
#ifndef WSL_RELAY_H
#define WSL_RELAY_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

#include "message.h"

/* One launch as asked for on the command line (relay_request.c). */
struct relay_request {
  const char *socket;
  const char *user;
  const char *directory;
  enum launch_form form;
  bool login;
  char **variables;
  int variable_count;
  char **words;
  int word_count;
  int (*exit_code)(int status); /* of this process for the program's wait status */
};
/* False when a word is unknown or something is missing. */
bool parse_relay_request(int count, char **words, struct relay_request *request);
/* The message for the session; `*size` is set to its length. */
char *encode_relay_request(const struct relay_request *request, struct launch header, size_t *size);

/*
 * Runs the program with the handles of this process until it ends, and returns the exit code; -1 when nobody
 * takes launches at the socket (relay.c).
 */
int relay_launch(const struct relay_request *request);

/* Bytes of one pipe: one outer handle joined to one handle of the guest, by a thread of its own (pump.c). */
struct pump {
  int from;
  int to;
  int stop; /* becomes readable when the program has ended; -1: runs until an end of stream */
};
/* Asks for the pipe size that the pumps work best with; a refusal is fine. */
void widen_pipe(int fd);
/* A thread that moves all bytes until either end is gone, then closes the guest's end. */
bool start_output_pump(struct pump *pump, pthread_t *thread);
bool start_input_pump(struct pump *pump, pthread_t *thread);

/*
 * Signals that this process gets and the program is to have (forwarded_signals.c). Before the first of these
 * calls they do to the relay what they do to any process. The call returns a descriptor that is readable when
 * there is one.
 */
int hold_signals(void);
/* As reset_signals(), but what the caller ignores (nohup) stays ignored, and is not passed on. */
void start_with_signals(void);
/*
 * Handles what has come: sends it on, and follows the size of the terminal `shown`, if it is one, to
 * `master`.
 */
void forward_signals(int signals, int connection, int shown, int master);

/* The caller's terminal (terminal.c). */
void make_terminal_raw(int fd);
void restore_terminal(void);

/*
 * wsl's own words on stdout: UTF-8 with WSL_UTF8=1, UTF-16LE otherwise; `text` is ASCII with CRLF line ends
 * (own_text.c).
 */
void print_own_text(const char *text);

#endif
