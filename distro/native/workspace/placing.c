#include "placing.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folders.h"
#include "sha256.h"
#include "text.h"

/* Larger than anything that is placed: a larger file is the user's, without reading it. */
#define FILE_BYTES_MAX (16 << 20)
#define TEMPORARY_PREFIX ".windlass-new."

void hash_bytes(const void *bytes, size_t size, char text[HASH_TEXT_BYTES]) {
  uint8_t digest[SHA256_BYTES];
  sha256_of(bytes, size, digest);
  for (int i = 0; i < SHA256_BYTES; i++) snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

static bool read_all(int file, char *bytes, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t count = read(file, bytes + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) errno = EIO; /* it became shorter */
    if (count <= 0) return false;
    done += (size_t)count;
  }
  return true;
}

/* Reads an open file. NULL with errno: EINVAL if it is not a regular one, EFBIG if it is larger than `most`.
 */
static char *read_open_file(int file, size_t most, size_t *size) {
  struct stat state;
  if (fstat(file, &state) < 0) return NULL;
  errno = !S_ISREG(state.st_mode) ? EINVAL : (size_t)state.st_size > most ? EFBIG : 0;
  if (errno) return NULL;
  *size = (size_t)state.st_size;
  char *bytes = allocate(*size + 1);
  if (read_all(file, bytes, *size)) return bytes;
  free(bytes);
  return NULL;
}

/* Opens what is at a path, unless it is a link; does not wait for the other end of a pipe. */
static int open_placed(const char *path) {
  const char *name;
  int folder = open_folder_of(path, MISSING_ARE_ERRORS, &name);
  if (folder < 0) return -1;
  int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  int reason = errno;
  close(folder);
  errno = reason;
  return file;
}

char *read_file(const char *path, size_t most, size_t *size) {
  int file = open_placed(path);
  if (file < 0) return NULL;
  char *bytes = read_open_file(file, most, size);
  int reason = errno;
  close(file);
  errno = reason;
  return bytes;
}

static bool examine_within(int folder, const char *path, const char *name, struct found *found) {
  struct stat state;
  if (fstatat(folder, name, &state, AT_SYMLINK_NOFOLLOW) < 0) return errno == ENOENT;
  found->kind = FOUND_OTHER;
  if (S_ISLNK(state.st_mode)) {
    char target[PATH_MAX];
    ssize_t length = readlinkat(folder, name, target, sizeof target - 1);
    if (length < 0) return false;
    target[length] = 0;
    found->kind = FOUND_LINK;
    found->target = copy_string(target);
    return true;
  }
  if (!S_ISREG(state.st_mode)) return true;
  size_t size;
  char *bytes = read_file(path, FILE_BYTES_MAX, &size);
  if (!bytes) return errno == EFBIG || errno == EINVAL;
  found->kind = FOUND_FILE;
  hash_bytes(bytes, size, found->hash);
  free(bytes);
  return true;
}

bool examine(const char *path, struct found *found) {
  *found = (struct found){.kind = FOUND_NOTHING};
  const char *name;
  int folder = open_folder_of(path, MISSING_ARE_ERRORS, &name);
  if (folder < 0) return errno == ENOENT;
  bool known = examine_within(folder, path, name, found);
  int reason = errno;
  close(folder);
  errno = reason;
  return known;
}

static char *temporary_name(const char *name) {
  return format_string(TEMPORARY_PREFIX "%s", name);
}

static bool write_file_at(int folder, const char *name, const char *bytes, size_t size, mode_t mode) {
  int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return false;
  bool written = true;
  for (size_t done = 0; written && done < size;) {
    ssize_t count = write(file, bytes + done, size - done);
    if (count < 0 && errno != EINTR) written = false;
    if (count > 0) done += (size_t)count;
  }
  /* A folder may give its own group to what is made in it. */
  written = written && fchown(file, 0, 0) == 0 && fchmod(file, mode) == 0 && fsync(file) == 0;
  int reason = errno;
  close(file);
  errno = reason;
  return written;
}

/* Gives the new file its name. */
static bool take_name(int folder, const char *temporary, const char *name, enum instead_of instead_of) {
  if (instead_of == INSTEAD_OF_OURS) return renameat(folder, temporary, folder, name) == 0;
  if (renameat2(folder, temporary, folder, name, RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) return false;
  /* A file system without that: a second name never replaces a file either. */
  return linkat(folder, temporary, folder, name, 0) == 0 && unlinkat(folder, temporary, 0) == 0;
}

/* A file's bytes, or the target of a link where there are none. */
struct thing {
  const char *bytes;
  size_t size;
  mode_t mode;
  const char *target;
};

static bool place(const char *path, const struct thing *thing, enum instead_of instead_of,
                  enum missing_folders missing) {
  const char *name;
  int folder = open_folder_of(path, missing, &name);
  if (folder < 0) return false;
  char *temporary = temporary_name(name);
  unlinkat(folder, temporary, 0); /* what a killed run has left; if this fails, so does the next step */
  bool made = thing->target ? symlinkat(thing->target, folder, temporary) == 0
                            : write_file_at(folder, temporary, thing->bytes, thing->size, thing->mode);
  bool placed = made && take_name(folder, temporary, name, instead_of);
  int reason = errno;
  if (placed)
    fsync(folder); /* the name, too, before the next step; a folder that cannot be synced is as good */
  else
    unlinkat(folder, temporary, 0);
  free(temporary);
  close(folder);
  errno = reason;
  return placed;
}

bool place_file(const char *path, const void *bytes, size_t size, mode_t mode, enum instead_of instead_of) {
  const struct thing thing = {.bytes = bytes, .size = size, .mode = mode};
  return place(path, &thing, instead_of, MISSING_ARE_MADE);
}

bool place_link(const char *path, const char *target, enum instead_of instead_of) {
  const struct thing thing = {.target = target};
  return place(path, &thing, instead_of, MISSING_ARE_MADE);
}

bool place_link_only(const char *path, const char *target, enum instead_of instead_of) {
  const struct thing thing = {.target = target};
  return place(path, &thing, instead_of, MISSING_ARE_ERRORS);
}

bool remove_placed(const char *path) {
  const char *name;
  int folder = open_folder_of(path, MISSING_ARE_ERRORS, &name);
  if (folder < 0) return errno == ENOENT;
  bool gone = unlinkat(folder, name, 0) == 0 || errno == ENOENT;
  int reason = errno;
  close(folder);
  errno = reason;
  return gone;
}

void remove_left_over(const char *path) {
  const char *name;
  int folder = open_folder_of(path, MISSING_ARE_ERRORS, &name);
  if (folder < 0) return;
  char *temporary = temporary_name(name);
  unlinkat(folder, temporary, 0);
  free(temporary);
  close(folder);
}

void remove_empty_folder(const char *path) {
  const char *name;
  int folder = open_folder_of(path, MISSING_ARE_ERRORS, &name);
  if (folder < 0) return;
  unlinkat(folder, name, AT_REMOVEDIR);
  close(folder);
}
