#include "running_version.h"

#include <stdio.h>
#include <string.h>

#include "component_names.h"
#include "errors.h"

#define ID_CHARACTERS (2 * SHA256_BYTES)

static bool has_program(const struct payload *payload, const char *name) {
  const struct component *component = payload_find(payload, name);
  return component && component->flags & COMPONENT_UNPACK;
}

/* Whether the version is complete; otherwise the reason has been shown. */
static bool is_complete(struct store *store, const struct executable *executable, const char *id,
                        struct payload *payload) {
  const char *state = read_version(store, id, payload);
  if (!state && !has_program(payload, DENO_COMPONENT)) state = "component '" DENO_COMPONENT "' is missing";
  if (!state && !has_program(payload, APP_COMPONENT)) state = "component '" APP_COMPONENT "' is missing";
  if (!state) return store_fill(store, executable, payload) == 0;
  report(WL_VERSION_INCOMPLETE, "Cannot run version '%s': %s", id, state);
  return false;
}

void choose_version(struct store *store, const struct executable *executable, bool is_host,
                    struct version *version) {
  static struct payload installed;
  const struct payload *embedded = embedded_payload(executable);
  struct current current;
  struct candidates candidates;
  bool counts = read_current(store, &current) == 0 && strcmp(current.embedded, embedded->index_id) == 0;
  version->trial = counts && is_host && current_wants_try(&current) && count_try(store, &current);
  current_candidates(counts ? &current : NULL, version->trial, &candidates);
  for (int i = 0; i < candidates.count; i++) {
    const char *id = candidates.versions[i];
    version->payload = strcmp(id, EMBEDDED) == 0 ? embedded : &installed;
    snprintf(version->id, sizeof version->id, "%s", id);
    /* store_fill() does not return if the embedded version is incomplete. */
    if (version->payload == embedded)
      store_fill(store, executable, embedded);
    else if (!is_complete(store, executable, id, &installed))
      continue;
    version->trial = version->trial && i == 0;
    return;
  }
}

bool is_index_name(const char *name, version_id id) {
  if (strspn(name, "0123456789abcdef") != ID_CHARACTERS || strcmp(name + ID_CHARACTERS, ".index") != 0)
    return false;
  memcpy(id, name, ID_CHARACTERS);
  id[ID_CHARACTERS] = 0;
  return true;
}
