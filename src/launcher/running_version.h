/* Which version runs. The choice knows no operating system; what it needs of one is declared here. */
#ifndef WINDLASS_RUNNING_VERSION_H
#define WINDLASS_RUNNING_VERSION_H

#include <stdbool.h>

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
  bool trial; /* whether this start was counted as a try */
};

/*
 * Chooses the version that current.json names, or the next one that is complete, and sees that it is
 * unpacked.
 */
void choose_version(struct store *store, const struct executable *executable, bool is_host,
                    struct version *version);
/* Whether a file's name is "<sha256>.index"; then its id. */
bool is_index_name(const char *name, version_id id);

/* linux/versions.c and windows/versions.c: */

/* Reads a version's index. Returns NULL, or what is wrong in words that follow "Cannot ...: ". */
const char *read_version(const struct store *store, const char *id, struct payload *payload);
/*
 * Adds the ids of the executable's components and of all versions'. Returns 0, or -1 if not all of them can
 * be known.
 */
int name_all_components(const struct store *store, const struct payload *embedded, struct named *named);

/* linux/current_file.c and windows/current_file.c: */

/* Reads current.json; returns 0, or -1 if there is none or it is damaged, which has been shown to the user.
 */
int read_current(const struct store *store, struct current *current);
/*
 * Raises the number of tries on the disk, and returns whether it did; `current` then holds what the file says
 * now.
 */
bool count_try(const struct store *store, struct current *current);

/* linux/components.c and windows/components.c: */

/*
 * Sees that every component to be unpacked is in the folder with the right bytes; what is missing comes from
 * the executable. Returns 0, or -1 if that does not contain it, which has been shown to the user. Does not
 * return if the executable's own version is not complete.
 */
int store_fill(struct store *store, const struct executable *executable, const struct payload *payload);
const struct payload *embedded_payload(const struct executable *executable);

#endif
