/*
 * The ids of all components that some version names, so that cleaning up keeps them. Knows no operating
 * system.
 */
#ifndef WINDLASS_NAMED_H
#define WINDLASS_NAMED_H

#include <stdbool.h>

#include "payload.h"

struct named {
  char (*ids)[2 * SHA256_BYTES]; /* without a zero byte */
  size_t count;
};

/* Adds the components of a version; returns 0, or -1 if no memory is left. */
int named_add(struct named *named, const struct payload *payload);
/* Whether a component has this id, which is the start of a file's name. */
bool named_has(const struct named *named, const char *id);
void named_free(struct named *named);

#endif
