/*
 * workspace: what Windlass runs inside a distro of the user's. Static, without the distro's shell, libc or
 * name services, since nothing is known about the distro.
 *
 * Run by the host with a verb, it reports in lines of JSON (report.c). Run by the names docker,
 * docker-compose, docker-buildx and windlass, it is the command that a user types (clients.h).
 */
#ifndef WORKSPACE_H
#define WORKSPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "text.h"

/* Options of a verb, each "--name value". Those that were not given are NULL. */
struct options {
  const char *shared;     /* the shared folder as this distro sees it: /mnt/wsl/windlass */
  const char *socket;     /* <shared>/<token>/docker.sock */
  const char *executable; /* the Windows program, as a path of this distro */
  const char *home;       /* Windlass's home as Windows names it; only where it is not the default */
  const char *to;
  const char *at;
};

int run_whoami(const struct options *options);
int run_probe(const struct options *options);
int run_enable(const struct options *options);
int run_disable(const struct options *options);
int run_link(const struct options *options);
int run_share(const struct options *options);
int run_receive(const struct options *options);

/* Reports to the host (report.c). */

/* Writes one line of JSON to stdout in one write. Its reader may be gone: the work continues. */
void report(const struct text *line);
/* {"step":"<step>","path":"...","outcome":"...","why":"..."}; `why` may be NULL. */
void report_step(const char *step, const char *path, const char *outcome, const char *why);
/* {"error":"<code>","message":"Cannot <action>: <state>"}, and the end with status 1. The code is from a
 * closed set. */
void fail(const char *code, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));
/* As fail(), with the code that belongs to errno and its text as the state; `path` is what could not be used.
 */
void fail_by_errno(const char *action, const char *path) __attribute__((noreturn));
/* The code of an errno: read-only, disk-full, not-permitted, unsafe-link, not-a-folder, missing or failed. */
const char *code_of_errno(int reason);
/* Ends with an error unless this process is root. */
void require_root(void);
/* Ends with an error unless the option was given and can be written to a file of one line. */
const char *require_option(const char *name, const char *value);

#endif
