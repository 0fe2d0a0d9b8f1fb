/* SHA-256 as in FIPS 180-4. */
#ifndef WINDLASS_SHA256_H
#define WINDLASS_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32
#define SHA256_BLOCK_BYTES 64

struct sha256 {
  uint32_t state[8];
  uint64_t length; /* bytes taken in so far */
  uint8_t pending[SHA256_BLOCK_BYTES];
};

void sha256_begin(struct sha256 *hash);
void sha256_update(struct sha256 *hash, const void *bytes, size_t length);
/* Writes the digest. The state is used up: begin again before the next use. */
void sha256_end(struct sha256 *hash, uint8_t digest[SHA256_BYTES]);
/* All at once. */
void sha256_of(const void *bytes, size_t length, uint8_t digest[SHA256_BYTES]);

/* The 64 round constants, shared by both ways to compute a block. */
extern const uint32_t SHA256_ROUND_CONSTANTS[64];

/* Takes in whole blocks, in plain C. */
void sha256_blocks_portable(uint32_t state[8], const uint8_t *bytes, size_t blocks);
/* The same by the processor's own SHA instructions; call only where sha256_is_accelerated(). */
void sha256_blocks_accelerated(uint32_t state[8], const uint8_t *bytes, size_t blocks);
int sha256_is_accelerated(void);

#endif
