#include "payload.h"

#include <string.h>

static const char MAGIC[8] = {'W', 'N', 'D', 'L', 'S', 'F', 'T', 'R'};

static uint32_t u32(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint64_t u64(const uint8_t *bytes) {
  return (uint64_t)u32(bytes) | (uint64_t)u32(bytes + 4) << 32;
}

void digest_text(const uint8_t digest[SHA256_BYTES], char text[2 * SHA256_BYTES + 1]) {
  for (int i = 0; i < SHA256_BYTES; i++) {
    text[2 * i] = "0123456789abcdef"[digest[i] >> 4];
    text[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
  }
  text[2 * SHA256_BYTES] = 0;
}

/* A name becomes part of a file name, so nothing but these characters may pass. */
static int is_name(const uint8_t *bytes) {
  size_t length = 0;
  while (length < NAME_BYTES && bytes[length] != 0) {
    uint8_t c = bytes[length];
    int letter = c >= 'a' && c <= 'z', other = (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (!letter && !(other && length > 0)) return 0;
    length++;
  }
  if (length == 0 || length == NAME_BYTES) return 0;
  for (size_t i = length; i < NAME_BYTES; i++) {
    if (bytes[i] != 0) return 0;
  }
  return 1;
}

static int read_entry(struct component *component, const uint8_t *entry) {
  if (!is_name(entry) || u32(entry + 124) != 0) return -1;
  memcpy(component->name, entry, NAME_BYTES);
  memcpy(component->id, entry + 32, SHA256_BYTES);
  digest_text(component->id, component->id_text);
  component->offset = u64(entry + 96);
  component->stored_length = u64(entry + 104);
  component->raw_length = u64(entry + 112);
  component->flags = u32(entry + 120);
  return 0;
}

const char *payload_read(struct payload *payload, struct reader reader, uint64_t end) {
  uint8_t footer[FOOTER_BYTES], digest[SHA256_BYTES];
  static uint8_t index[MAX_COMPONENTS * ENTRY_BYTES];
  memset(payload, 0, sizeof *payload);
  if (end < FOOTER_BYTES) return "its footer is missing";
  if (reader.read_at(reader.context, end - FOOTER_BYTES, footer, sizeof footer)) return "its footer cannot be read";
  if (memcmp(footer, MAGIC, sizeof MAGIC) != 0) return "its footer is missing";
  sha256_of(footer, 64, digest);
  if (memcmp(digest, footer + 64, sizeof digest) != 0) return "its footer is damaged";
  if (u32(footer + 8) != 1) return "its format version is not 1";
  uint32_t count = u32(footer + 12);
  uint64_t offset = u64(footer + 16), length = u64(footer + 24);
  if (count == 0 || count > MAX_COMPONENTS || length != (uint64_t)count * ENTRY_BYTES ||
      offset > end || length > end - offset || offset + length + FOOTER_BYTES != end) {
    return "its footer is damaged";
  }
  if (reader.read_at(reader.context, offset, index, length)) return "its index cannot be read";
  sha256_of(index, length, digest);
  if (memcmp(digest, footer + 32, sizeof digest) != 0) return "its index is damaged";
  uint64_t place = 0;
  for (uint32_t i = 0; i < count; i++) {
    struct component *component = &payload->components[i];
    if (read_entry(component, index + i * ENTRY_BYTES)) return "its index is damaged";
    if (component->offset != place || component->stored_length > offset - place) return "its index is damaged";
    place += component->stored_length;
  }
  if (place != offset) return "its index is damaged";
  payload->count = count;
  return NULL;
}

const struct component *payload_find(const struct payload *payload, const char *name) {
  for (uint32_t i = 0; i < payload->count; i++) {
    if (strcmp(payload->components[i].name, name) == 0) return &payload->components[i];
  }
  return NULL;
}
