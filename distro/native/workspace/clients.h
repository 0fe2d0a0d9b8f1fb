/* The commands of the user: docker, its plugins, and windlass. */
#ifndef WORKSPACE_CLIENTS_H
#define WORKSPACE_CLIENTS_H

#include <stdbool.h>

/* What the host has written when this distro was switched on. */
struct configuration {
  char *shared;
  char *socket;
  char *executable;
  char *home; /* NULL for the default one */
};

/* Which engine a command is for. */
enum engine_choice {
  ENGINE_OURS_BY_DEFAULT,  /* what the client uses by itself is ours */
  ENGINE_OURS_BY_VARIABLE, /* nothing is chosen, and the default is not ours */
  ENGINE_OF_USER,
};

/* What a command is worth starting Windlass for. */
enum command_need {
  NEEDS_NOTHING, /* a shell asks for completions: nothing starts for that */
  NEEDS_PROGRAM, /* the client alone, which the engine distro has */
  NEEDS_ENGINE,
};

struct command {
  enum engine_choice choice;
  enum command_need need;
};

/* Exit code of the docker CLI itself, rather than of what it runs. */
enum { EXIT_OF_CLIENT = 125 };

/* Whether this program was run by the name of such a command. */
bool is_client(const char *name);
/* Becomes the command; does not return. */
void run_client(const char *name, char **words) __attribute__((noreturn));

/* Reads what the words and the environment say about the engine (engine_choice.c). */
struct command read_command(char **words, const char *socket);
/* Whether the shared folder exists, is root's, and has the program. */
bool has_engines_program(const struct configuration *configuration, const char *program);
/* Starts Windlass and waits until it serves this distro (wake.c). Ends with a message if that fails. */
void wake(const struct configuration *configuration, const char *program);
/* The variables that windlass.exe needs (wake.c). */
void set_home(const struct configuration *configuration);
/* Ends with a sentence on stderr. */
void give_up(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
