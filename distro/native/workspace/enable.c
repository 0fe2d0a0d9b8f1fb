#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "manifest.h"
#include "one_at_a_time.h"
#include "plan.h"
#include "socket_link.h"
#include "workspace.h"

/* What to do about one planned file. */
enum action { ACTION_PLACE, ACTION_REPLACE, ACTION_KEEP, ACTION_SKIP };

struct decision {
  const struct planned *planned;
  enum action action;
  const char *why;
  struct decision *next;
};

static const char *proof_of(const struct planned *planned, char hash[HASH_TEXT_BYTES]) {
  if (planned->target) return planned->target;
  hash_bytes(planned->bytes, planned->size, hash);
  return hash;
}

/* Compares the file that exists with the planned one and with that of an earlier run. */
static struct decision *decide(const struct planned *planned, const char *proof,
                               const struct entry *earlier) {
  struct decision *decision = allocate(sizeof *decision);
  decision->planned = planned;
  struct found found;
  if (!examine(planned->path, &found)) {
    decision->action = ACTION_SKIP;
    decision->why = code_of_errno(errno);
    return decision;
  }
  struct entry wanted = {.kind = planned->target ? ENTRY_LINK : ENTRY_FILE, .proof = (char *)proof};
  bool is_earlier = earlier && is_entrys(earlier, &found);
  if (planned->instead) {
    decision->action = ACTION_SKIP;
    decision->why = "own";
  } else if (found.kind == FOUND_NOTHING) {
    decision->action = ACTION_PLACE;
  } else if (is_entrys(&wanted, &found)) {
    decision->action = ACTION_KEEP;
  } else if (is_earlier) {
    decision->action = ACTION_REPLACE;
  } else {
    decision->action = ACTION_SKIP;
    decision->why = earlier ? "changed" : "foreign";
  }
  free(found.target);
  return decision;
}

/* Adds the folders that are missing above a path, outermost first: they will be made, and are ours. */
static void add_missing_folders(struct manifest *manifest, const char *path) {
  for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    char *folder = copy_string(path);
    folder[slash - path] = 0;
    struct found found;
    if (!find_entry(manifest, folder) && examine(folder, &found)) {
      if (found.kind == FOUND_NOTHING) add_entry(manifest, ENTRY_FOLDER, folder, NULL, NULL);
      free(found.target);
    }
    free(folder);
  }
}

/* The entry of a planned file. What is there now and is ours stays provable until it is replaced. */
static void add_planned(struct manifest *manifest, const struct decision *decision, const char *proof,
                        const struct entry *earlier) {
  const struct planned *planned = decision->planned;
  enum entry_kind kind = planned->target ? ENTRY_LINK : ENTRY_FILE;
  if (decision->action == ACTION_SKIP) {
    /* One that the user has changed is still named when this distro is switched off. */
    if (earlier && !planned->instead)
      add_entry(manifest, earlier->kind, earlier->path, earlier->proof, earlier->previous);
    return;
  }
  add_missing_folders(manifest, planned->path);
  const char *previous = NULL;
  struct found found = {0};
  if (decision->action == ACTION_REPLACE && examine(planned->path, &found))
    previous = found.kind == FOUND_FILE ? found.hash : found.target;
  add_entry(manifest, kind, planned->path, proof, previous);
  free(found.target);
}

/* Files of an earlier run that do not belong here any longer: a docker of the user's own has come, or a shell
 * gone. */
static void remove_obsolete(const struct manifest *earlier, const struct manifest *wanted) {
  for (const struct entry *entry = earlier->entries; entry; entry = entry->next) {
    if (entry->kind == ENTRY_FOLDER || find_entry(wanted, entry->path)) continue;
    if (state_of(entry) != ENTRY_PLACED) continue;
    if (!remove_placed(entry->path)) fail_by_errno("remove", entry->path);
    report_step("file", entry->path, "removed", NULL);
  }
}

/* Places one file. A state of the distro that its user chose is reported; an accident ends the run. */
static void carry_out(struct manifest *manifest, const struct decision *decision) {
  const struct planned *planned = decision->planned;
  if (decision->action == ACTION_SKIP || decision->action == ACTION_KEEP) {
    report_step("file", planned->path, decision->action == ACTION_KEEP ? "kept" : "skipped", decision->why);
    return;
  }
  enum instead_of instead_of = decision->action == ACTION_REPLACE ? INSTEAD_OF_OURS : INSTEAD_OF_NOTHING;
  bool placed = planned->target
                    ? place_link(planned->path, planned->target, instead_of)
                    : place_file(planned->path, planned->bytes, planned->size, planned->mode, instead_of);
  struct entry *entry = find_entry(manifest, planned->path);
  if (placed) {
    free(entry->previous);
    entry->previous = NULL;
    report_step("file", planned->path, "placed", NULL);
    return;
  }
  const char *why = errno == EEXIST ? "foreign" : code_of_errno(errno);
  if (strcmp(why, "disk-full") == 0 || strcmp(why, "failed") == 0) fail_by_errno("write", planned->path);
  report_step("file", planned->path, "skipped", why);
  if (decision->action == ACTION_PLACE) remove_entry(manifest, planned->path);
}

static void report_done(const struct manifest *manifest) {
  struct text line = {0};
  add(&line, "{");
  add_member(&line, "step", "done");
  add_name(&line, "manifest");
  add_entries_json(&line, manifest, "");
  add(&line, "}");
  report(&line);
}

int run_enable(const struct options *options) {
  require_root();
  const char *shared = require_option("shared", options->shared);
  require_option("socket", options->socket);
  require_option("executable", options->executable);
  if (options->home) require_option("home", options->home);
  if (strcmp(shared_of(options->socket), shared) != 0)
    fail("usage", "Cannot run: '%s' is not a socket of '%s'", options->socket, shared);
  wait_for_turn();

  struct manifest earlier = load_manifest();
  if (!is_of_instance(&earlier, shared))
    fail("other-instance", "Cannot switch this distro on: it belongs to the instance '%s'",
         instance_of(earlier.shared));

  struct manifest manifest = {.exists = true, .shared = copy_string(shared)};
  for (const struct entry *entry = earlier.entries; entry; entry = entry->next)
    if (entry->kind == ENTRY_FOLDER) add_entry(&manifest, ENTRY_FOLDER, entry->path, NULL, NULL);
  add_missing_folders(&manifest, MANIFEST_PATH);
  struct decision *decisions = NULL, **end = &decisions;
  for (const struct planned *planned = plan_files(options); planned; planned = planned->next) {
    char hash[HASH_TEXT_BYTES];
    const char *proof = proof_of(planned, hash);
    const struct entry *before = find_entry(&earlier, planned->path);
    *end = decide(planned, proof, before);
    add_planned(&manifest, *end, proof, before);
    end = &(*end)->next;
  }

  if (!save_manifest(&manifest)) fail_by_errno("write", MANIFEST_PATH);
  report_step("manifest", MANIFEST_PATH, "placed", NULL);
  remove_obsolete(&earlier, &manifest);
  for (const struct decision *decision = decisions; decision; decision = decision->next)
    carry_out(&manifest, decision);
  make_socket_links(options->socket, shared);
  if (!save_manifest(&manifest)) fail_by_errno("write", MANIFEST_PATH);
  report_done(&manifest);
  return 0;
}
