/* What the distro has of its own. Looked at each time; nothing is remembered. */
#ifndef WORKSPACE_DISTRO_FACTS_H
#define WORKSPACE_DISTRO_FACTS_H

#include <stdbool.h>

/* Whether an executable file is at one of the usual places; a dangling link is ignored. */
bool has_program(const char *name);
/* The path of a program of the user's own with this name: not the file that Windlass places. NULL if there is
 * none. */
char *own_program(const char *name, const char *placed);
/* As own_program(), for a plugin of the docker CLI in the folders where that looks for them. */
char *own_plugin(const char *name, const char *placed);
bool has_folder(const char *path);
/* The gid of a group in /etc/group; -1 if it has none of that name. */
long group_id(const char *name);
bool has_systemd(void);

#endif
