/*
 * wsl-helper: the kernel-facing half of `wsl` for Linux. One static program, one subcommand for each job:
 *
 *   detach LOG COMMAND...   starts a background process that keeps nothing of its caller
 *   guard PID COMMAND...    runs a command that must not outlive process PID
 *   vm ...                  holds what all distros share: network, cgroup root, the file system of /mnt/wsl
 *   distro ...              makes the namespaces of one distro and is its pid 1
 *   relay ...               the caller's end of one launched program
 *   outside ...             runs a program of a distro in the machine's own root
 *
 * Within a distro it is /init, which runs programs of the machine (interop.h), and wslpath.
 *
 * Decisions are made in TypeScript; this program only carries them out.
 */
#ifndef WSL_NATIVE_H
#define WSL_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

int run_detach(int count, char **words);
int run_guard(int count, char **words);
int run_vm(int count, char **words);
int run_distro(int count, char **words);
int run_relay(int count, char **words);
int run_outside(int count, char **words);

/* What every part needs (basics.c). */

/* Prints "error <what>: <errno text>" on stdout, where the service reads it, and ends the process with 1. */
void fail(const char *what) __attribute__((noreturn));
/* As fail(), with a printf format for what was done. */
void fail_at(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* Writes all of `size` bytes; false when the other side is gone or the disk is full. */
bool write_fully(int fd, const void *bytes, size_t size);
/* Reads exactly `size` bytes; false at an earlier end of the stream. */
bool read_fully(int fd, void *bytes, size_t size);
/* Writes one formatted line (the format brings its newline) to stdout in a single write. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *allocate(size_t size);
/* Moves this process into a cgroup, named by its directory; fails loudly. */
void join_cgroup(const char *directory);
/* Gives back the default handling of every signal and unblocks all of them. */
void reset_signals(void);
/*
 * Blocks SIGCHLD and returns a descriptor that is readable when it comes. To be called before there is a
 * child.
 */
int watch_children(void);
/* Takes off the limits and priorities of the process that started the first distro (attributes.c). */
void reset_attributes(void);

/* Executes the lines of a mount plan inside a new root (plan.c). */
void run_plan(char *plan, int host_tree);

/* The main loop of pid 1 (init.c); never returns. */
void run_init(int listener, int lifeline, const char *boot_command) __attribute__((noreturn));

/* Serves one launch on an accepted connection, within the distro (session.c); ends the process. */
void run_session(int connection) __attribute__((noreturn));

/* A user of the distro, from its own /etc/passwd (account.c). */
struct account {
  uid_t uid;
  gid_t gid;
  char *name;
  char *home;
  char *shell;
  gid_t *groups;
  int group_count;
};
/* Looks a user up by name, or by decimal uid when the name starts with '#'; false when there is none. */
bool find_account(const char *name, struct account *account);

#endif
