/* Interop: programs of the machine, called from within a distro by the path of their file on the drive. */
#ifndef WSL_INTEROP_H
#define WSL_INTEROP_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/* Where a distro finds the socket that takes its calls. */
#define INTEROP_SOCKET "/run/WSL/1_interop"
/* Where the drive is in this distro, as the mount plan writes it; no file without a drive. */
#define DRIVE_FILE "/run/WSL/drive"

/* How paths of a distro become those of the machine. */
struct interop {
  const char *drive_root; /* where the distro sees the drive, without a slash at the end */
  const char *drive;      /* the machine's folder that is the drive */
  const char *rootfs;     /* the machine's folder with the distro's own files */
};

/* The process that runs programs on the machine for one distro (interop_server.c). */
struct interop_server {
  pid_t pid;
  int control; /* takes the listening socket; the server ends when all copies of it are closed */
};

/*
 * Starts the server. Must be called before this process leaves the machine's namespaces and cgroups: programs
 * that it runs have those of this moment, and the environment of this moment.
 */
struct interop_server start_interop(const struct interop *interop);
/* Called in the distro: opens INTEROP_SOCKET there and has the server take calls from it. */
void open_interop_socket(int control);
/* Ends the server; what it has started stays. */
void stop_interop(struct interop_server server);

/* Serves one call on the machine (interop_session.c); ends the process. */
void run_interop_session(int connection, const struct interop *interop) __attribute__((noreturn));

/* The path of a distro as one of the machine; false when it is not on the drive. */
bool path_on_drive(const struct interop *interop, const char *path, char result[PATH_MAX]);

/* Puts this program at /init of the root, and wslpath beside the distro's programs (init_file.c). */
void place_init(int program_tree);

/* This program as /init PATH ARGV0 ARGUMENT... (interop_client.c), and as wslpath (wslpath.c). */
int run_interop_client(int count, char **words);
int run_wslpath(int count, char **words);

#endif
