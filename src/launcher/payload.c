#include "payload.h"

#include <stdbool.h>
#include <string.h>

enum {
  PE_HEADER_BYTES = 1024, /* the headers of the stub, section table included, are shorter */
  PADDING_BYTES = 7,      /* signers align the certificate table to eight bytes */
};

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
static bool is_name(const uint8_t *bytes) {
  size_t length = 0;
  while (length < NAME_BYTES && bytes[length] != 0) {
    uint8_t c = bytes[length];
    bool letter = c >= 'a' && c <= 'z', other = (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (!letter && !(other && length > 0)) return false;
    length++;
  }
  if (length == 0 || length == NAME_BYTES) return false;
  for (size_t i = length; i < NAME_BYTES; i++) {
    if (bytes[i] != 0) return false;
  }
  return true;
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

/*
 * Where the payload ends: before the certificate table that a signature appends to a PE file, at the end of
 * any other file. Returns 0 where the headers of a PE file make no sense.
 */
static uint64_t payload_end(struct reader reader, uint64_t size) {
  uint8_t header[PE_HEADER_BYTES];
  if (size < sizeof header || reader.read_at(reader.context, 0, header, sizeof header)) return size;
  if (header[0] != 'M' || header[1] != 'Z') return size;
  uint64_t optional = (uint64_t)u32(header + 60) + 24; /* behind the signature and the file header */
  if (optional + 152 > sizeof header || memcmp(header + optional - 24, "PE\0\0", 4) != 0) return 0;
  if (header[optional] != 0x0b || header[optional + 1] != 0x02) return 0; /* PE32+ */
  const uint8_t *certificates = header + optional + 144;                  /* data directory 4 */
  uint64_t offset = u32(certificates), length = u32(certificates + 4);
  if (offset == 0) return size;
  return offset + length == size ? offset : 0;
}

/*
 * Reads the footer, which a signer may have moved up to seven zero bytes away from the end; returns where it
 * ends, or 0.
 */
static uint64_t find_footer(struct reader reader, uint64_t end, bool is_signed,
                            uint8_t footer[FOOTER_BYTES]) {
  uint8_t bytes[FOOTER_BYTES + PADDING_BYTES];
  size_t length = is_signed && end >= sizeof bytes ? sizeof bytes : FOOTER_BYTES;
  if (end < length || reader.read_at(reader.context, end - length, bytes, length)) return 0;
  for (size_t padding = 0; padding + FOOTER_BYTES <= length; padding++) {
    if (padding > 0 && bytes[length - padding] != 0) break;
    memcpy(footer, bytes + length - padding - FOOTER_BYTES, FOOTER_BYTES);
    if (memcmp(footer, MAGIC, sizeof MAGIC) == 0) return end - padding;
  }
  return 0;
}

/* What a footer says. */
struct footer {
  uint32_t count;
  uint64_t offset, length;
  const uint8_t *digest;
};

/* Reads a footer that ends at byte `end` of its file. */
static const char *read_footer(const uint8_t bytes[FOOTER_BYTES], uint64_t end, struct footer *footer) {
  uint8_t digest[SHA256_BYTES];
  sha256_of(bytes, 64, digest);
  if (memcmp(digest, bytes + 64, sizeof digest) != 0) return "its footer is damaged";
  if (u32(bytes + 8) != 1) return "its format version is not 1";
  footer->count = u32(bytes + 12);
  footer->offset = u64(bytes + 16);
  footer->length = u64(bytes + 24);
  footer->digest = bytes + 32;
  if (footer->count == 0 || footer->count > MAX_COMPONENTS ||
      footer->length != (uint64_t)footer->count * ENTRY_BYTES || footer->offset > end ||
      footer->length > end - footer->offset || footer->offset + footer->length + FOOTER_BYTES != end) {
    return "its footer is damaged";
  }
  return NULL;
}

static bool has_digest(const uint8_t *index, const struct footer *footer) {
  uint8_t digest[SHA256_BYTES];
  sha256_of(index, footer->length, digest);
  return memcmp(digest, footer->digest, sizeof digest) == 0;
}

const char *payload_read(struct payload *payload, struct reader reader, uint64_t size) {
  uint8_t bytes[FOOTER_BYTES];
  struct footer footer;
  static uint8_t index[MAX_COMPONENTS * ENTRY_BYTES];
  memset(payload, 0, sizeof *payload);
  uint64_t end = payload_end(reader, size);
  if (end == 0 && size > 0) return "its headers are damaged";
  end = find_footer(reader, end, end != size, bytes);
  if (end == 0) return "its footer is missing";
  const char *state = read_footer(bytes, end, &footer);
  if (state) return state;
  if (reader.read_at(reader.context, footer.offset, index, footer.length)) return "its index cannot be read";
  if (!has_digest(index, &footer)) return "its index is damaged";
  uint64_t place = 0;
  for (uint32_t i = 0; i < footer.count; i++) {
    struct component *component = &payload->components[i];
    if (read_entry(component, index + i * ENTRY_BYTES)) return "its index is damaged";
    if (component->offset != place || component->stored_length > footer.offset - place)
      return "its index is damaged";
    place += component->stored_length;
  }
  if (place != footer.offset) return "its index is damaged";
  payload->count = footer.count;
  digest_text(footer.digest, payload->index_id);
  return NULL;
}

/* Whether it has no position; the file of one that is unpacked holds its uncompressed bytes. */
static bool is_file(const struct component *component, const uint8_t *entry) {
  if (component->offset != 0 || component->flags & ~(uint32_t)(COMPONENT_UNPACK | COMPONENT_EXECUTABLE))
    return false;
  if (!(component->flags & COMPONENT_UNPACK)) return true;
  return component->stored_length == component->raw_length &&
         memcmp(entry + 64, component->id, SHA256_BYTES) == 0;
}

const char *payload_read_index_file(struct payload *payload, const uint8_t *bytes, size_t length,
                                    const char *id) {
  uint8_t digest[SHA256_BYTES];
  struct footer footer;
  memset(payload, 0, sizeof *payload);
  sha256_of(bytes, length, digest);
  digest_text(digest, payload->index_id);
  if (strcmp(payload->index_id, id) != 0 || length < FOOTER_BYTES) return "its index is damaged";
  const uint8_t *end = bytes + length - FOOTER_BYTES;
  if (memcmp(end, MAGIC, sizeof MAGIC) != 0 || read_footer(end, length, &footer) || footer.offset != 0)
    return "its index is damaged";
  if (!has_digest(bytes, &footer)) return "its index is damaged";
  for (uint32_t i = 0; i < footer.count; i++) {
    struct component *component = &payload->components[i];
    const uint8_t *entry = bytes + i * ENTRY_BYTES;
    if (read_entry(component, entry) || !is_file(component, entry)) return "its index is damaged";
    if (payload_find(payload, component->name)) return "its index is damaged";
    payload->count = i + 1;
  }
  return NULL;
}

const struct component *payload_find_id(const struct payload *payload, const struct component *wanted) {
  for (uint32_t i = 0; i < payload->count; i++) {
    const struct component *component = &payload->components[i];
    if (component->flags & COMPONENT_UNPACK && memcmp(component->id, wanted->id, SHA256_BYTES) == 0)
      return component;
  }
  return NULL;
}

const struct component *payload_find(const struct payload *payload, const char *name) {
  for (uint32_t i = 0; i < payload->count; i++) {
    if (strcmp(payload->components[i].name, name) == 0) return &payload->components[i];
  }
  return NULL;
}
