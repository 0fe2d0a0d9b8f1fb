#include "running_version.h"

#include <stdio.h>
#include <string.h>

#include "errors.h"

#define ID_CHARACTERS (2 * SHA256_BYTES)

static int has_program(const struct payload *payload, const char *name) {
  const struct component *component = payload_find(payload, name);
  return component && component->flags & COMPONENT_UNPACK;
}

/* Whether the version is complete; otherwise the user has been told why. */
static int is_complete(struct store *store, const struct executable *executable, const char *id, struct payload *payload) {
  const char *state = read_version(store, id, payload);
  if (!state && !has_program(payload, "deno")) state = "component 'deno' is missing";
  if (!state && !has_program(payload, "app")) state = "component 'app' is missing";
  if (!state) return store_fill(store, executable, payload) == 0;
  report(WL_VERSION_INCOMPLETE, "Cannot run version '%s': %s", id, state);
  return 0;
}

void choose_version(struct store *store, const struct executable *executable, int is_host, struct version *version) {
  static struct payload installed;
  const struct payload *embedded = embedded_payload(executable);
  struct current current;
  struct candidates candidates;
  int counts = read_current(store, &current) == 0 && strcmp(current.embedded, embedded->index_id) == 0;
  version->trial = counts && is_host && current_wants_try(&current) && count_try(store, &current);
  current_candidates(counts ? &current : NULL, version->trial, &candidates);
  for (int i = 0; i < candidates.count; i++) {
    const char *id = candidates.versions[i];
    version->payload = strcmp(id, EMBEDDED) == 0 ? embedded : &installed;
    snprintf(version->id, sizeof version->id, "%s", id);
    /* That of the executable is complete, or the process ends. */
    if (version->payload == embedded) store_fill(store, executable, embedded);
    else if (!is_complete(store, executable, id, &installed)) continue;
    version->trial = version->trial && i == 0;
    return;
  }
}

int is_index_name(const char *name, version_id id) {
  if (strspn(name, "0123456789abcdef") != ID_CHARACTERS || strcmp(name + ID_CHARACTERS, ".index") != 0) return 0;
  memcpy(id, name, ID_CHARACTERS);
  id[ID_CHARACTERS] = 0;
  return 1;
}
