#ifndef WORKSPACE_DOCKER_CONFIG_H
#define WORKSPACE_DOCKER_CONFIG_H

/* The context that 'docker context use' has chosen; NULL if none is. `folder` is the value of --config, or
 * NULL. */
char *current_context(const char *folder);

#endif
