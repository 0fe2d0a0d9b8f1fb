/* current.json and what follows from it: src/payload/FORMAT.md in C. Knows no operating system. */
#ifndef WINDLASS_CURRENT_H
#define WINDLASS_CURRENT_H

#include <stdbool.h>
#include <stddef.h>

#include "sha256.h"

#define MAX_CURRENT_BYTES 1024
/* Starts of `windlass host` that a version on trial gets. */
#define TRIAL_TRIES 2
/* What the version in the executable is called. */
#define EMBEDDED "embedded"

/* The name of a version: the sha256 of its index, or EMBEDDED; with a final zero byte. */
typedef char version_id[2 * SHA256_BYTES + 1];

struct current {
  version_id embedded; /* sha256 of the index in the executable that it is for */
  version_id current;
  version_id previous; /* empty for null, which means EMBEDDED */
  bool trial;
  int tries; /* 0 to 99 */
};

/* Reads the text of the file; returns 0, or -1 if it is anything else than the format allows. */
int current_parse(struct current *current, const char *text, size_t length);
/* Writes the text of the file and returns its length. */
size_t current_format(const struct current *current, char text[MAX_CURRENT_BYTES]);

/* Whether a start of `windlass host` has to be counted, so that the current version may run. */
bool current_wants_try(const struct current *current);

/* The versions that may run, the best one first, the embedded one last. */
struct candidates {
  const char *versions[3];
  int count;
};
/* `counted`: whether this start was counted as a try. Without that, a version on trial is left out. */
void current_candidates(const struct current *current, int counted, struct candidates *candidates);

#endif
