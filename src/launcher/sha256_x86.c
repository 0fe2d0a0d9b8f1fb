/* SHA-256 blocks by the SHA extensions of x86-64 processors: five times as fast as plain C. */
#include <cpuid.h>
#include <immintrin.h>

#include "sha256.h"

int sha256_is_accelerated(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  if (!(c & bit_SSSE3) || !(c & bit_SSE4_1)) return 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

/*
 * The round instruction wants the state as two vectors, (a b e f) and (c d g h), high word first, does two
 * rounds, and takes the sum of schedule and constants in its operand's lower half. The message schedule is
 * kept as the last 16 words in four vectors.
 */
__attribute__((target("sha,sse4.1,ssse3"))) void sha256_blocks_accelerated(uint32_t state[8],
                                                                           const uint8_t *bytes,
                                                                           size_t blocks) {
  const __m128i swap_bytes = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  __m128i abef = _mm_set_epi32((int)state[0], (int)state[1], (int)state[4], (int)state[5]);
  __m128i cdgh = _mm_set_epi32((int)state[2], (int)state[3], (int)state[6], (int)state[7]);
  for (; blocks > 0; blocks--, bytes += SHA256_BLOCK_BYTES) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i words[4];
    for (int i = 0; i < 4; i++) {
      words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(bytes + 16 * i)), swap_bytes);
    }
#pragma GCC unroll 16
    for (int group = 0; group < 16; group++) {
      __m128i oldest = words[group % 4];
      __m128i constants = _mm_loadu_si128((const __m128i *)(SHA256_ROUND_CONSTANTS + 4 * group));
      __m128i sum = _mm_add_epi32(oldest, constants);
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
      if (group < 12) {
        __m128i next = words[(group + 1) % 4], later = words[(group + 2) % 4],
                newest = words[(group + 3) % 4];
        __m128i partial =
            _mm_add_epi32(_mm_sha256msg1_epu32(oldest, next), _mm_alignr_epi8(newest, later, 4));
        words[group % 4] = _mm_sha256msg2_epu32(partial, newest);
      }
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  state[0] = (uint32_t)_mm_extract_epi32(abef, 3);
  state[1] = (uint32_t)_mm_extract_epi32(abef, 2);
  state[4] = (uint32_t)_mm_extract_epi32(abef, 1);
  state[5] = (uint32_t)_mm_extract_epi32(abef, 0);
  state[2] = (uint32_t)_mm_extract_epi32(cdgh, 3);
  state[3] = (uint32_t)_mm_extract_epi32(cdgh, 2);
  state[6] = (uint32_t)_mm_extract_epi32(cdgh, 1);
  state[7] = (uint32_t)_mm_extract_epi32(cdgh, 0);
}
