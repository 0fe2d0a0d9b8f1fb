#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "distro_facts.h"
#include "folders.h"
#include "interop.h"
#include "manifest.h"
#include "plan.h"
#include "socket_link.h"
#include "workspace.h"

static const char *const SHELLS[] = {"sh", "bash", "zsh", "fish"};
/* Where files are placed. */
static const char *const WRITTEN_FOLDERS[] = {"/var/lib", "/usr/local", "/etc"};

/* "/mnt/" of /mnt/wsl/windlass: where this distro mounts the drives, and what all distros share. */
static char *automount_root(const char *shared) {
  char *root = copy_string(shared), *slash = strrchr(root, '/');
  if (slash) *slash = 0;
  slash = strrchr(root, '/');
  if (!slash || strcmp(slash, "/wsl") != 0) fail("usage", "Cannot run: '%s' is not a shared folder", shared);
  slash[1] = 0;
  return root;
}

static void add_shells(struct text *line) {
  add_name(line, "shells");
  add(line, "[");
  for (size_t i = 0; i < sizeof SHELLS / sizeof *SHELLS; i++) {
    if (!has_program(SHELLS[i])) continue;
    if (line->bytes[line->length - 1] != '[') add(line, ",");
    add_json(line, SHELLS[i]);
  }
  add(line, "]");
}

/* The first folder that nothing can be written to; NULL if there is none. */
static const char *unwritable_folder(void) {
  for (size_t i = 0; i < sizeof WRITTEN_FOLDERS / sizeof *WRITTEN_FOLDERS; i++)
    if (!can_write_below(WRITTEN_FOLDERS[i])) return WRITTEN_FOLDERS[i];
  return NULL;
}

static void add_group(struct text *line) {
  char number[32];
  long gid = group_id("docker");
  snprintf(number, sizeof number, "%ld", gid);
  add_name(line, "dockerGroup");
  add(line, gid < 0 ? "null" : number);
}

static const char *docker_state(const struct manifest *manifest) {
  char *own = own_program("docker", DOCKER_PATH);
  if (own) return "own";
  const struct entry *placed = find_entry(manifest, DOCKER_PATH);
  if (placed && state_of(placed) == ENTRY_PLACED) return "ours";
  return access(DOCKER_PATH, F_OK) == 0 ? "own" : "missing";
}

/* The state of the first socket that is not ours; ours if all are. */
static const char *sockets_state(const char *shared) {
  const char *state = "ours";
  for (const char *const *path = socket_paths(); *path && strcmp(state, "ours") == 0; path++)
    state = socket_state(*path, shared);
  return state;
}

static void add_files(struct text *line, const struct manifest *manifest) {
  add_name(line, "files");
  add(line, "[");
  for (const struct entry *entry = manifest->entries; entry; entry = entry->next) {
    if (entry->kind == ENTRY_FOLDER) continue;
    if (line->bytes[line->length - 1] != '[') add(line, ",");
    add(line, "{");
    add_member(line, "path", entry->path);
    add_member(line, "state", state_name(state_of(entry)));
    add(line, "}");
  }
  add(line, "]");
}

int run_probe(const struct options *options) {
  const char *shared = require_option("shared", options->shared);
  struct manifest manifest = load_manifest();
  struct text line = {0};
  add(&line, "{");
  add_member(&line, "automountRoot", automount_root(shared));
  add_group(&line);
  const char *unwritable = unwritable_folder();
  add_boolean(&line, "writable", unwritable == NULL);
  if (unwritable) add_member(&line, "unwritable", unwritable);
  add_boolean(&line, "interop", has_interop());
  add_boolean(&line, "systemd", has_systemd());
  add_shells(&line);
  add_member(&line, "socket", sockets_state(shared));
  add_member(&line, "docker", docker_state(&manifest));
  add_files(&line, &manifest);
  add_boolean(&line, "manifest", manifest.exists);
  if (manifest.exists) add_member(&line, "shared", manifest.shared);
  add(&line, "}");
  report(&line);
  return 0;
}
