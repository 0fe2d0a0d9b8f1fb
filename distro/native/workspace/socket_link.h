/* /run/docker.sock, where every client looks for an engine. */
#ifndef WORKSPACE_SOCKET_LINK_H
#define WORKSPACE_SOCKET_LINK_H

#include <stdbool.h>

#include "text.h"

#define RUN_SOCKET "/run/docker.sock"
#define VAR_RUN_SOCKET "/var/run/docker.sock"

/* The paths: that in /run, and that in /var/run where this is a folder of its own. Ends with NULL. */
const char *const *socket_paths(void);
/* What is at such a path: ours, missing, foreign or engine (something listens that is not ours). */
const char *socket_state(const char *path, const char *shared);
/* Makes the links and reports each. A file that is not ours stays. */
void make_socket_links(const char *socket, const char *shared);
/* Removes the links that are ours, and adds their paths to the JSON array. */
void remove_socket_links(const char *shared, struct text *removed);
/* <shared> of <shared>/<token>/docker.sock; ends with an error for another form. */
char *shared_of(const char *socket);
/* Whether something listens on a socket. */
bool listens(const char *socket);

#endif
