#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "manifest.h"
#include "one_at_a_time.h"
#include "socket_link.h"
#include "workspace.h"

static void add_path(struct text *paths, const char *path) {
  if (paths->bytes[paths->length - 1] != '[') add(paths, ",");
  add_json(paths, path);
}

static void add_kept(struct text *kept, const char *path, const char *why) {
  if (kept->bytes[kept->length - 1] != '[') add(kept, ",");
  add(kept, "{");
  add_member(kept, "path", path);
  add_member(kept, "why", why);
  add(kept, "}");
}

/* Removes one file if it is as it was placed. False if it should have been removed and could not be. */
static bool remove_entrys_file(const struct entry *entry, struct text *removed, struct text *kept) {
  remove_left_over(entry->path);
  switch (state_of(entry)) {
    case ENTRY_MISSING: return true;
    case ENTRY_CHANGED: add_kept(kept, entry->path, "changed"); return true;
    case ENTRY_PLACED: break;
  }
  if (remove_placed(entry->path)) {
    add_path(removed, entry->path);
    return true;
  }
  add_kept(kept, entry->path, code_of_errno(errno));
  return false;
}

/* Innermost first: the entries of folders are in the order in which they were made. */
static void remove_folders(const struct entry *entry) {
  if (!entry) return;
  remove_folders(entry->next);
  if (entry->kind == ENTRY_FOLDER) remove_empty_folder(entry->path);
}

/* Removes what the list names, and then the list. */
static void remove_all(const struct manifest *manifest, struct text *removed, struct text *kept) {
  struct manifest rest = {.shared = manifest->shared};
  if (manifest->exists) remove_socket_links(manifest->shared, removed);
  bool all_gone = true;
  for (const struct entry *entry = manifest->entries; entry; entry = entry->next) {
    if (entry->kind != ENTRY_FOLDER && remove_entrys_file(entry, removed, kept)) continue;
    if (entry->kind != ENTRY_FOLDER) all_gone = false;
    add_entry(&rest, entry->kind, entry->path, entry->proof, entry->previous);
  }
  /* What could not be removed stays in the list, for the next time. */
  if (!all_gone) {
    save_manifest(&rest); /* on a read-only disk the old list stays, and names them as well */
    return;
  }
  remove_left_over(MANIFEST_PATH);
  /* Before the list: after a kill here it still names them. Then those that hold the list. */
  remove_folders(manifest->entries);
  if (!remove_placed(MANIFEST_PATH)) fail_by_errno("remove", MANIFEST_PATH);
  remove_empty_folder(MANIFEST_FOLDER);
  remove_folders(manifest->entries);
}

int run_disable(const struct options *options) {
  require_root();
  wait_for_turn();
  struct text removed = {0}, kept = {0};
  add(&removed, "[");
  add(&kept, "[");
  struct manifest manifest = load_manifest();
  /* Another Windlass of this user keeps what it has placed. */
  if (!options->shared || is_of_instance(&manifest, options->shared)) remove_all(&manifest, &removed, &kept);
  struct text line = {0};
  add(&line, "{");
  add_name(&line, "removed");
  add(&line, removed.bytes);
  add(&line, "]");
  add_name(&line, "kept");
  add(&line, kept.bytes);
  add(&line, "]}");
  report(&line);
  return 0;
}
