/* Which version runs. The choice knows no operating system; what it needs of one is declared here. */
#ifndef WINDLASS_RUNNING_VERSION_H
#define WINDLASS_RUNNING_VERSION_H

#include "current.h"
#include "named.h"
#include "payload.h"

/* More index files than this are not ours: updates keep two or three. */
#define MAX_VERSIONS 64

struct store;      /* the components folder and the home around it */
struct executable; /* the executable that runs */

/* The version that runs. */
struct version {
  version_id id;
  const struct payload *payload;
  int trial; /* whether this start was counted as a try */
};

/* Chooses the version that current.json names, or the next one that is complete, and sees that it is unpacked. */
void choose_version(struct store *store, const struct executable *executable, int is_host, struct version *version);
/* Whether a file's name is "<sha256>.index"; then its id. */
int is_index_name(const char *name, version_id id);

/* versions_linux.c and versions_windows.c: */

/* Reads a version's index. Returns NULL, or what is wrong in words that follow "Cannot ...: ". */
const char *read_version(const struct store *store, const char *id, struct payload *payload);
/* Adds the ids of the executable's components and of all versions'. Returns 0, or -1 if not all of them can be known. */
int name_all_components(const struct store *store, const struct payload *embedded, struct named *named);

/* current_linux.c and current_windows.c: */

/* Reads current.json; returns 0, or -1 if there is none or it is damaged, which the user has been told. */
int read_current(const struct store *store, struct current *current);
/* Raises the number of tries on the disk, and returns whether it did; `current` then holds what the file says now. */
int count_try(const struct store *store, struct current *current);

/* components_linux.c and components_windows.c: */

/*
 * Sees that every component to be unpacked is in the folder with the right bytes; what is missing comes from the executable. Returns
 * 0, or -1 if that does not carry it, and the user has been told. Does not return if the executable's own version is not complete.
 */
int store_fill(struct store *store, const struct executable *executable, const struct payload *payload);
const struct payload *embedded_payload(const struct executable *executable);

#endif
