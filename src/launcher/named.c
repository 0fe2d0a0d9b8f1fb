#include "named.h"

#include <stdlib.h>
#include <string.h>

int named_add(struct named *named, const struct payload *payload) {
  void *ids = realloc(named->ids, (named->count + payload->count) * sizeof *named->ids);
  if (!ids) return -1;
  named->ids = ids;
  for (uint32_t i = 0; i < payload->count; i++)
    memcpy(named->ids[named->count++], payload->components[i].id_text, sizeof *named->ids);
  return 0;
}

bool named_has(const struct named *named, const char *id) {
  for (size_t i = 0; i < named->count; i++) {
    if (memcmp(named->ids[i], id, sizeof *named->ids) == 0) return true;
  }
  return false;
}

void named_free(struct named *named) {
  free(named->ids);
  named->ids = NULL;
  named->count = 0;
}
