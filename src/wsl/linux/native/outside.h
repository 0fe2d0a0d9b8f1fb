/* The parts of `wsl-helper outside`. */
#ifndef WSL_OUTSIDE_H
#define WSL_OUTSIDE_H

#include <limits.h>
#include <stdbool.h>

/* A credential helper that the machine does not have, and what its stand-in says. */
struct stand_in {
  const char *name;
  const char *message;
};

/* The folder that makes a distro's programs callable by path in the machine's root. */
struct tool_folder {
  const char *path;    /* where it appears; need not exist */
  const char *rootfs;  /* root of the distro */
  const char *program; /* path in the distro of the program to run */
  const char *plugins; /* folder in the distro: each of its programs gets a name of its own in `path` */
  struct stand_in *stand_ins;
  int stand_in_count;
};

/* Mounts the folder in this process's own mount namespace (tool_folder.c). */
void mount_tool_folder(const struct tool_folder *folder);

/* Becomes the program that `name` in a tool folder stands for (tool_program.c). */
void run_tool(const char *folder, const char *name, char **words) __attribute__((noreturn));
/* Prints the reason on stderr and ends the process as a shell does when it cannot run a command. */
void fail_tool(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void join_path(char result[PATH_MAX], const char *folder, const char *name);
/* Opens a path of the distro: links lead nowhere but into the distro. `real` is its path on the machine. */
int open_in_distro(const char *rootfs, const char *path, char real[PATH_MAX]);
/* The loader that an ELF program asks for; false for a program that is whole without one. */
bool read_interpreter(int file, char interpreter[PATH_MAX]);

/*
 * Below a tool folder: `rootfs` leads to the distro, `target/NAME` is the path in the distro that NAME stands
 * for, `as/NAME` is the loader of the distro under that name, `stand-ins` and `messages` belong to missing
 * helpers.
 */
#define TOOL_STATE ".windlass"

#endif
