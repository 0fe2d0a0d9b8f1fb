/* The files that this distro gets, with their contents. */
#ifndef WORKSPACE_PLAN_H
#define WORKSPACE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "workspace.h"

#define CONFIGURATION_PATH "/usr/local/share/windlass/workspace.conf"
#define DOCKER_PATH "/usr/local/bin/docker"

struct planned {
  const char *path;
  const char *target; /* of a link; NULL for a file */
  const char *bytes;  /* of a file */
  size_t size;
  mode_t mode;
  const char *instead; /* not placed, since the user has this one; NULL if it is to be placed */
  struct planned *next;
};

/* In the order in which they are placed: what others need comes first. */
struct planned *plan_files(const struct options *options);

#endif
