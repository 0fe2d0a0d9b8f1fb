#include "unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

enum {
  INPUT_BYTES = 256 * 1024,   /* few reads, and it still fits into a second-level cache */
  OUTPUT_BYTES = 1024 * 1024, /* few writes */
};

struct unpacking {
  ZSTD_DStream *stream;
  uint8_t *input, *output;
  struct sha256 hash;
  uint64_t written;
  size_t hint; /* 0 once the decoder has seen the end of the frame */
};

static enum unpack_result take_input(struct unpacking *unpacking, ZSTD_inBuffer in,
                                     const struct component *component, struct sink sink,
                                     const char **state) {
  size_t produced;
  /* A full output buffer means that the decoder may hold more for the same input. */
  do {
    ZSTD_outBuffer out = {unpacking->output, OUTPUT_BYTES, 0};
    if (unpacking->hint == 0) return *state = "more bytes follow the end of its data", UNPACK_DAMAGED;
    unpacking->hint = ZSTD_decompressStream(unpacking->stream, &out, &in);
    if (ZSTD_getErrorCode(unpacking->hint) == ZSTD_error_memory_allocation) return UNPACK_NO_MEMORY;
    if (ZSTD_isError(unpacking->hint)) return *state = "its bytes do not decompress", UNPACK_DAMAGED;
    if (out.pos > component->raw_length - unpacking->written)
      return *state = "it is longer than the index says", UNPACK_DAMAGED;
    sha256_update(&unpacking->hash, unpacking->output, out.pos);
    if (sink.write(sink.context, unpacking->output, out.pos)) return UNPACK_WRITE_FAILED;
    unpacking->written += out.pos;
    produced = out.pos;
  } while (in.pos < in.size || (produced == OUTPUT_BYTES && unpacking->hint != 0));
  return UNPACK_DONE;
}

static enum unpack_result run(struct unpacking *unpacking, const struct component *component,
                              struct reader reader, struct sink sink, const char **state) {
  uint8_t digest[SHA256_BYTES];
  for (uint64_t taken = 0; taken < component->stored_length;) {
    uint64_t left = component->stored_length - taken;
    size_t length = left < INPUT_BYTES ? (size_t)left : INPUT_BYTES;
    if (reader.read_at(reader.context, component->offset + taken, unpacking->input, length)) {
      return *state = "its bytes cannot be read", UNPACK_DAMAGED;
    }
    ZSTD_inBuffer in = {unpacking->input, length, 0};
    enum unpack_result result = take_input(unpacking, in, component, sink, state);
    if (result != UNPACK_DONE) return result;
    taken += length;
  }
  if (unpacking->hint != 0 || unpacking->written != component->raw_length) {
    return *state = "it is shorter than the index says", UNPACK_DAMAGED;
  }
  sha256_end(&unpacking->hash, digest);
  if (memcmp(digest, component->id, sizeof digest) != 0)
    return *state = "its sha256 is not its id", UNPACK_DAMAGED;
  return UNPACK_DONE;
}

enum unpack_result unpack_component(const struct component *component, struct reader reader, struct sink sink,
                                    const char **state) {
  struct unpacking unpacking = {.stream = ZSTD_createDStream(),
                                .input = malloc(INPUT_BYTES),
                                .output = malloc(OUTPUT_BYTES),
                                .hint = 1};
  enum unpack_result result = UNPACK_NO_MEMORY;
  sha256_begin(&unpacking.hash);
  if (unpacking.stream && unpacking.input && unpacking.output)
    result = run(&unpacking, component, reader, sink, state);
  ZSTD_freeDStream(unpacking.stream);
  free(unpacking.input);
  free(unpacking.output);
  return result;
}
