#include "manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "workspace.h"

/* Some dozen lines of two paths each, at most. */
#define MANIFEST_BYTES_MAX (1 << 20)

static const char *const KIND_NAMES[] = {"file", "link", "folder"};

static void take_line(struct manifest *manifest, const char *line) {
  char *kind = json_string_member(line, "kind"), *path = json_string_member(line, "path");
  char *proof = json_string_member(line, "proof"), *previous = json_string_member(line, "previous");
  for (int i = ENTRY_FILE; kind && path && path[0] == '/' && i <= ENTRY_FOLDER; i++)
    if (strcmp(kind, KIND_NAMES[i]) == 0 && (proof || i == ENTRY_FOLDER))
      add_entry(manifest, (enum entry_kind)i, path, proof, previous);
  char *shared = json_string_member(line, "shared");
  if (shared && !manifest->shared) manifest->shared = shared;
  free(kind);
  free(path);
  free(proof);
  free(previous);
}

struct manifest load_manifest(void) {
  struct manifest manifest = {0};
  size_t size;
  char *bytes = read_file(MANIFEST_PATH, MANIFEST_BYTES_MAX, &size);
  if (!bytes) {
    if (errno == ENOENT) return manifest;
    fail_by_errno("read the list of placed files", MANIFEST_PATH);
  }
  char *rest = bytes, *line;
  while ((line = strsep(&rest, "\n"))) take_line(&manifest, line);
  free(bytes);
  manifest.exists = manifest.shared != NULL;
  return manifest;
}

bool save_manifest(const struct manifest *manifest) {
  struct text text = {0};
  add(&text, "{");
  add_member(&text, "shared", manifest->shared);
  add_name(&text, "entries");
  add_entries_json(&text, manifest, "\n");
  add(&text, "}\n");
  /* Whatever is at this path is replaced: nobody but this program has a reason to write there. */
  bool saved = place_file(MANIFEST_PATH, text.bytes, text.length, 0644, INSTEAD_OF_OURS);
  int reason = errno;
  free(text.bytes);
  errno = reason;
  return saved;
}

struct entry *add_entry(struct manifest *manifest, enum entry_kind kind, const char *path, const char *proof,
                        const char *previous) {
  struct entry *entry = allocate(sizeof *entry), **end = &manifest->entries;
  entry->kind = kind;
  entry->path = copy_string(path);
  entry->proof = proof ? copy_string(proof) : NULL;
  entry->previous = previous ? copy_string(previous) : NULL;
  while (*end) end = &(*end)->next;
  return *end = entry;
}

struct entry *find_entry(const struct manifest *manifest, const char *path) {
  struct entry *entry = manifest->entries;
  while (entry && strcmp(entry->path, path) != 0) entry = entry->next;
  return entry;
}

void remove_entry(struct manifest *manifest, const char *path) {
  struct entry **at = &manifest->entries;
  while (*at && strcmp((*at)->path, path) != 0) at = &(*at)->next;
  if (*at) *at = (*at)->next;
}

static bool is_proof(const char *proof, const char *found) {
  return proof && strcmp(proof, found) == 0;
}

bool is_entrys(const struct entry *entry, const struct found *found) {
  const char *now = NULL;
  if (entry->kind == ENTRY_FILE && found->kind == FOUND_FILE) now = found->hash;
  if (entry->kind == ENTRY_LINK && found->kind == FOUND_LINK) now = found->target;
  return now && (is_proof(entry->proof, now) || is_proof(entry->previous, now));
}

enum entry_state state_of(const struct entry *entry) {
  struct found found;
  if (!examine(entry->path, &found)) return ENTRY_CHANGED;
  if (found.kind == FOUND_NOTHING) return ENTRY_MISSING;
  enum entry_state state = is_entrys(entry, &found) ? ENTRY_PLACED : ENTRY_CHANGED;
  free(found.target);
  return state;
}

const char *state_name(enum entry_state state) {
  return state == ENTRY_PLACED ? "placed" : state == ENTRY_MISSING ? "missing" : "changed";
}

void add_entries_json(struct text *text, const struct manifest *manifest, const char *separator) {
  add(text, "[");
  for (const struct entry *entry = manifest->entries; entry; entry = entry->next) {
    if (entry != manifest->entries) add(text, ",");
    add(text, separator);
    add(text, "{");
    add_member(text, "kind", KIND_NAMES[entry->kind]);
    add_member(text, "path", entry->path);
    if (entry->proof) add_member(text, "proof", entry->proof);
    if (entry->previous) add_member(text, "previous", entry->previous);
    add(text, "}");
  }
  add(text, separator);
  add(text, "]");
}

const char *instance_of(const char *shared) {
  const char *slash = strrchr(shared, '/');
  return slash ? slash + 1 : shared;
}

bool is_of_instance(const struct manifest *manifest, const char *shared) {
  return !manifest->exists || strcmp(instance_of(manifest->shared), instance_of(shared)) == 0;
}

bool is_below(const char *path, const char *folder) {
  size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && path[length] == '/';
}
