/*
 * Reaching files as root in a tree that others may write to. A symbolic link is followed only where root
 * alone could have made it, so that nobody can lead this program to another file.
 */
#ifndef WORKSPACE_FOLDERS_H
#define WORKSPACE_FOLDERS_H

#include <stdbool.h>

enum missing_folders { MISSING_ARE_ERRORS, MISSING_ARE_MADE };

/* Opens a folder by its absolute path. -1 with errno; ELOOP for a link that is not followed. */
int open_folder(const char *path, enum missing_folders missing);
/* Opens the folder that a file is in; `name` becomes the file's own name, a part of `path`. */
int open_folder_of(const char *path, enum missing_folders missing, const char **name);
/* Whether both paths are one folder. False if one is missing. */
bool is_same_folder(const char *one, const char *other);
/* Whether a folder, or the deepest one above it that exists, can be written to. False with errno. */
bool can_write_below(const char *path);

#endif
