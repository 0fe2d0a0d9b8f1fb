/* The parts of the executable: src/payload/FORMAT.md in C. Knows no operating system. */
#ifndef WINDLASS_PAYLOAD_H
#define WINDLASS_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "sha256.h"

#define FOOTER_BYTES 96
#define ENTRY_BYTES 128
#define NAME_BYTES 32
#define MAX_COMPONENTS 256

enum component_flags {
  COMPONENT_STORED = 1,
  COMPONENT_UNPACK = 2,
  COMPONENT_EXECUTABLE = 4,
};

struct component {
  char name[NAME_BYTES]; /* ends with a zero byte */
  uint8_t id[SHA256_BYTES];
  char id_text[2 * SHA256_BYTES + 1]; /* lower-case hexadecimal */
  uint64_t offset, stored_length, raw_length;
  uint32_t flags;
};

/* The parts of a version. */
struct payload {
  struct component components[MAX_COMPONENTS];
  uint32_t count;
  char index_id[2 * SHA256_BYTES + 1]; /* sha256 of the executable's index, or of the version's index file */
};

/* The longest that a version's index file can be. */
#define MAX_INDEX_FILE_BYTES (MAX_COMPONENTS * ENTRY_BYTES + FOOTER_BYTES)

/* Random access to the executable's bytes. */
struct reader {
  void *context;
  /* Fills the whole buffer; returns 0, or -1 if that is not possible. */
  int (*read_at)(void *context, uint64_t offset, void *buffer, size_t length);
};

/*
 * Reads footer and index of an executable of `size` bytes, signed or not. Returns NULL, or what is wrong in
 * words that follow "Cannot ...: ".
 */
const char *payload_read(struct payload *payload, struct reader reader, uint64_t size);

/*
 * Reads the index file of a version whose name is `id`. Returns NULL, or what is wrong in words that follow
 * "Cannot ...: ". The components have no place: all offsets are 0.
 */
const char *payload_read_index_file(struct payload *payload, const uint8_t *bytes, size_t length,
                                    const char *id);

/* The component that the launcher unpacks and that has this id; NULL if there is none. */
const struct component *payload_find_id(const struct payload *payload, const struct component *wanted);
/* NULL if there is no such component. */
const struct component *payload_find(const struct payload *payload, const char *name);

/* Writes lower-case hexadecimal and a final zero byte. */
void digest_text(const uint8_t digest[SHA256_BYTES], char text[2 * SHA256_BYTES + 1]);

#endif
