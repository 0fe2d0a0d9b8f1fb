/* What the Linux files of the launcher share. Another system gets files of its own. */
#ifndef WINDLASS_LINUX_H
#define WINDLASS_LINUX_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "../errors.h"
#include "../running_version.h"

/*
 * Longest path of the home folder: the names beneath it have up to 200 bytes, and the system takes 4,096 in
 * all.
 */
#define HOME_BYTES 3800
#define PATH_BYTES 4096

/* The open executable that runs. */
struct executable {
  int file;
  char path[PATH_BYTES]; /* absolute, for messages and for the environment */
  struct payload payload;
};

/* The folder with the unpacked components. */
struct store {
  const char *home;
  char path[PATH_BYTES];
  int folder;                  /* open folder, or -1 while it does not exist */
  bool made_home, made_folder; /* by this process: taken away again if nothing gets into them */
};

struct reader executable_reader(const struct executable *executable);

/* WINDLASS_HOME, $XDG_DATA_HOME/windlass or ~/.local/share/windlass. Fails with WL_HOME_INVALID. */
const char *find_home(void);

/*
 * Fails with WL_HOME_INVALID if another user owns the folder or one above it, or could write to it or put
 * another one in its place. A folder that is missing is fine. The sentence names the home.
 */
void require_own_folder(const char *home, const char *path);
/* Whether a file belongs to this user or to root: nobody else has decided what it holds. */
bool is_own_file(const struct stat *status);

/* Opens the folder if it exists. */
void store_open(struct store *store, const char *home);
/* Makes the folder, open to nobody but the user, and opens it. */
void store_make(struct store *store);
/* Takes away the folders that this process has made, if they are still empty. */
void store_undo(struct store *store);

/* The path of an unpacked component, in memory that is never freed. */
const char *store_path(const struct store *store, const struct component *component);

/* Creates an empty file under a temporary name and locks it. Returns the open file, or -1 with errno set. */
int create_partial(const struct store *store, const char *final_name, char partial_name[256]);
/*
 * Writes what a file looks like now beside it. A failure is harmless: the next start hashes the file again.
 */
void write_stamp(const struct store *store, const struct component *component, int file);
/* Whether the open file still looks as it did when its stamp was written. */
bool stamp_matches(const struct store *store, const struct component *component, int file);

/* Removes partial files of processes that have died. */
void remove_stale_partials(const struct store *store);
/* Removes components that no version names, unless a running process has some of them in use. */
void remove_unused_components(const struct store *store, const struct payload *embedded);

/*
 * Reads up to `size` bytes of a plain file; returns how many, or -1 with errno: EINVAL or ELOOP if it is
 * not a plain file, EPERM if others can write it.
 */
ssize_t read_small(const char *path, void *buffer, size_t size);

/* Takes away the variables by which a caller would change the program that runs; see environment.c. */
void guard_environment(void);

#endif
