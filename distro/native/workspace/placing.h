/* Placing, examining and removing single files: whole or not at all, and never in place of something unknown.
 */
#ifndef WORKSPACE_PLACING_H
#define WORKSPACE_PLACING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { HASH_TEXT_BYTES = 65 };

enum found_kind { FOUND_NOTHING, FOUND_FILE, FOUND_LINK, FOUND_OTHER };

/* What is at a path now, the last link not followed. */
struct found {
  enum found_kind kind;
  char hash[HASH_TEXT_BYTES]; /* of a file, lowercase hex */
  char *target;               /* of a link */
};

/* Examines a path. False with errno if that fails; a missing folder is FOUND_NOTHING. */
bool examine(const char *path, struct found *found);
void hash_bytes(const void *bytes, size_t size, char text[HASH_TEXT_BYTES]);
/* The bytes of a regular file of at most `most` bytes; NULL with errno (EFBIG if it is larger). */
char *read_file(const char *path, size_t most, size_t *size);

/* What a new file replaces. */
enum instead_of { INSTEAD_OF_NOTHING, INSTEAD_OF_OURS };

/*
 * Writes a file or a link, with the folders it needs, under a temporary name and then renames it. False with
 * errno, and nothing left behind; EEXIST if something has come to be there meanwhile.
 */
bool place_file(const char *path, const void *bytes, size_t size, mode_t mode, enum instead_of instead_of);
bool place_link(const char *path, const char *target, enum instead_of instead_of);
/* As place_link(), in a folder that exists already. */
bool place_link_only(const char *path, const char *target, enum instead_of instead_of);
/* Removes a file or a link; true if it is gone, or was. */
bool remove_placed(const char *path);
/* Removes the temporary file that a killed run may have left beside this path. */
void remove_left_over(const char *path);
/* Removes a folder if it is empty. */
void remove_empty_folder(const char *path);

#endif
