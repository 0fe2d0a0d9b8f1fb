#include "sha256.h"

#include <string.h>

/* FIPS 180-4, 4.2.2: fractional parts of the cube roots of the first 64 primes. */
const uint32_t SHA256_ROUND_CONSTANTS[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate_right(uint32_t word, int bits) {
  return word >> bits | word << (32 - bits);
}

static uint32_t big_endian_word(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* 6.2.2, with a to h kept in an array that is shifted by one each round. */
static void take_block(uint32_t state[8], const uint8_t *bytes) {
  uint32_t schedule[64];
  for (int t = 0; t < 16; t++) schedule[t] = big_endian_word(bytes + 4 * t);
  for (int t = 16; t < 64; t++) {
    uint32_t near = schedule[t - 2], far = schedule[t - 15];
    uint32_t sigma_near = rotate_right(near, 17) ^ rotate_right(near, 19) ^ near >> 10;
    uint32_t sigma_far = rotate_right(far, 7) ^ rotate_right(far, 18) ^ far >> 3;
    schedule[t] = sigma_near + schedule[t - 7] + sigma_far + schedule[t - 16];
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int t = 0; t < 64; t++) {
    uint32_t sum_e = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
    uint32_t choose = (e & f) ^ (~e & g);
    uint32_t first = h + sum_e + choose + SHA256_ROUND_CONSTANTS[t] + schedule[t];
    uint32_t sum_a = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
    uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
    h = g, g = f, f = e, e = d + first;
    d = c, c = b, b = a, a = first + sum_a + majority;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

void sha256_blocks_portable(uint32_t state[8], const uint8_t *bytes, size_t blocks) {
  for (; blocks > 0; blocks--, bytes += SHA256_BLOCK_BYTES) take_block(state, bytes);
}

static void take_blocks(uint32_t state[8], const uint8_t *bytes, size_t blocks) {
  static int accelerated = -1;
  if (accelerated < 0) accelerated = sha256_is_accelerated();
  if (accelerated)
    sha256_blocks_accelerated(state, bytes, blocks);
  else
    sha256_blocks_portable(state, bytes, blocks);
}

void sha256_begin(struct sha256 *hash) {
  /* 5.3.3: fractional parts of the square roots of the first 8 primes. */
  static const uint32_t initial[8] = {
      0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  };
  memcpy(hash->state, initial, sizeof initial);
  hash->length = 0;
}

void sha256_update(struct sha256 *hash, const void *source, size_t length) {
  const uint8_t *bytes = source;
  size_t held = hash->length % SHA256_BLOCK_BYTES;
  hash->length += length;
  if (held > 0) {
    size_t wanted = SHA256_BLOCK_BYTES - held;
    size_t taken = length < wanted ? length : wanted;
    memcpy(hash->pending + held, bytes, taken);
    bytes += taken, length -= taken;
    if (taken < wanted) return;
    take_blocks(hash->state, hash->pending, 1);
  }
  take_blocks(hash->state, bytes, length / SHA256_BLOCK_BYTES);
  memcpy(hash->pending, bytes + length / SHA256_BLOCK_BYTES * SHA256_BLOCK_BYTES,
         length % SHA256_BLOCK_BYTES);
}

void sha256_end(struct sha256 *hash, uint8_t digest[SHA256_BYTES]) {
  /* 5.1.1: one bit, zeros up to 8 bytes before a block's end, the length in bits. */
  uint8_t padding[SHA256_BLOCK_BYTES + 8] = {0x80};
  uint64_t bits = hash->length * 8;
  size_t held = hash->length % SHA256_BLOCK_BYTES;
  size_t zeros = (held < 56 ? 56 : 120) - held;
  for (int i = 0; i < 8; i++) padding[zeros + i] = (uint8_t)(bits >> (56 - 8 * i));
  sha256_update(hash, padding, zeros + 8);
  for (int i = 0; i < SHA256_BYTES; i++) digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256_of(const void *bytes, size_t length, uint8_t digest[SHA256_BYTES]) {
  struct sha256 hash;
  sha256_begin(&hash);
  sha256_update(&hash, bytes, length);
  sha256_end(&hash, digest);
}
