/* Starting Windows programs from a distro, through WSL's own interpreter. */
#ifndef WORKSPACE_INTEROP_H
#define WORKSPACE_INTEROP_H

#include <stdbool.h>

/* Whether this distro can start Windows programs. */
bool has_interop(void);
/*
 * Becomes a Windows program: `executable` is its path in this distro, `words` its argv. Returns only if that
 * fails, with errno.
 */
void become_windows_program(const char *executable, char **words);

#endif
