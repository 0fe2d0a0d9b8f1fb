#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux.h"

const char *find_home(void) {
  static char home[HOME_BYTES];
  const char *named = getenv("WINDLASS_HOME"), *data = getenv("XDG_DATA_HOME"), *user = getenv("HOME");
  int length;
  if (named && *named) {
    if (*named != '/')
      fail(WL_HOME_INVALID, "Cannot use '%s' as WINDLASS_HOME: it is not an absolute path", named);
    length = snprintf(home, sizeof home, "%s", named);
  } else if (data && *data == '/') {
    length = snprintf(home, sizeof home, "%s/windlass", data);
  } else if (user && *user == '/') {
    length = snprintf(home, sizeof home, "%s/.local/share/windlass", user);
  } else {
    fail(WL_HOME_INVALID,
         "Cannot find a folder for Windlass: neither WINDLASS_HOME nor HOME holds an absolute path");
  }
  if (length >= (int)sizeof home) {
    fail(WL_HOME_INVALID, "Cannot use the folder for Windlass: its path has %d bytes, the most is %d", length,
         HOME_BYTES - 1);
  }
  while (length > 1 && home[length - 1] == '/') home[--length] = 0;
  return home;
}

static void fail_at_folder(const char *path) {
  if (errno == ENOSPC || errno == EDQUOT)
    fail(WL_NO_SPACE, "Cannot make the folder '%s': %s", path, strerror(errno));
  fail(WL_HOME_INVALID, "Cannot make the folder '%s': %s", path, strerror(errno));
}

/* Makes one folder and those above it; returns whether this call has made the last one. */
static int make_folders(const char *path) {
  char part[PATH_BYTES];
  int made = 0;
  snprintf(part, sizeof part, "%s", path);
  for (char *end = part + 1;; end++) {
    if (*end != '/' && *end != 0) continue;
    char kept = *end;
    *end = 0;
    made = mkdir(part, 0700) == 0;
    /* EROFS and EACCES can mean that it exists already, too. */
    struct stat status;
    int reason = errno;
    if (!made && stat(part, &status) != 0) {
      errno = reason;
      fail_at_folder(part);
    }
    if (!made && !S_ISDIR(status.st_mode)) {
      errno = ENOTDIR;
      fail_at_folder(part);
    }
    *end = kept;
    if (kept == 0) return made;
  }
}

/* The folders of the home that hold what is run: programs, the list of versions, the runtime's own cache. */
static void require_own_folders(const char *home) {
  static const char *const NAMES[] = {"components", "versions", "deno"};
  char path[PATH_BYTES];
  for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
    snprintf(path, sizeof path, "%s/%s", home, NAMES[i]);
    require_own_folder(home, path);
  }
}

void store_open(struct store *store, const char *home) {
  store->home = home;
  store->made_home = store->made_folder = 0;
  snprintf(store->path, sizeof store->path, "%s/components", home);
  require_own_folder(home, home);
  require_own_folders(home);
  store->folder = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (store->folder < 0 && errno != ENOENT) {
    fail(WL_HOME_INVALID, "Cannot open the folder '%s': %s", store->path, strerror(errno));
  }
}

void store_make(struct store *store) {
  if (store->folder >= 0) return;
  store->made_home = make_folders(store->home);
  store->made_folder = make_folders(store->path);
  store->folder = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (store->folder < 0) fail_at_folder(store->path);
}

void store_undo(struct store *store) {
  /* rmdir refuses a folder that another start has put something into. */
  if (store->made_folder) rmdir(store->path);
  if (store->made_home) rmdir(store->home);
}
