/* One component from its stored to its uncompressed bytes, checked on the way. Knows no operating system. */
#ifndef WINDLASS_UNPACK_H
#define WINDLASS_UNPACK_H

#include "payload.h"

/* Where the bytes go. */
struct sink {
  void *context;
  /* Takes all bytes; returns 0, or -1 if it cannot. */
  int (*write)(void *context, const void *bytes, size_t length);
};

enum unpack_result {
  UNPACK_DONE,
  UNPACK_DAMAGED,      /* the executable's bytes are wrong; *state says how */
  UNPACK_WRITE_FAILED, /* the sink knows why */
  UNPACK_NO_MEMORY,
};

/*
 * Writes the component's uncompressed bytes to the sink. Only UNPACK_DONE means that they were complete and
 * have the right hash: whatever was written before another result must be thrown away. Never writes more than
 * `raw_length` bytes.
 */
enum unpack_result unpack_component(const struct component *component, struct reader reader, struct sink sink,
                                    const char **state);

#endif
