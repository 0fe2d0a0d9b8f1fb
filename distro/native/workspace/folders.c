#include "folders.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

/* As many as the kernel follows in one path. */
#define LINKS_MAX 40
#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* Whether the folder's entries can only have been made by root. */
static bool is_roots_alone(int folder) {
  struct stat state;
  return fstat(folder, &state) == 0 && state.st_uid == 0 && !(state.st_mode & (S_IWGRP | S_IWOTH));
}

/* The target of a link that may be followed; NULL with errno. */
static char *trusted_target(int folder, const char *name) {
  struct stat state;
  if (fstatat(folder, name, &state, AT_SYMLINK_NOFOLLOW) < 0) return NULL;
  if (!S_ISLNK(state.st_mode)) {
    errno = ENOTDIR;
    return NULL;
  }
  if (state.st_uid != 0 || !is_roots_alone(folder)) {
    errno = ELOOP;
    return NULL;
  }
  char target[PATH_MAX];
  ssize_t length = readlinkat(folder, name, target, sizeof target - 1);
  if (length < 0) return NULL;
  target[length] = 0;
  return copy_string(target);
}

static int open_child(int folder, const char *name, enum missing_folders missing) {
  int child = openat(folder, name, FOLDER_FLAGS);
  if (child >= 0 || errno != ENOENT || missing == MISSING_ARE_ERRORS) return child;
  if (mkdirat(folder, name, 0755) < 0 && errno != EEXIST) return -1;
  return openat(folder, name, FOLDER_FLAGS);
}

/* Takes the first part off a path; false at its end. */
static bool take_part(char **rest, char **part) {
  *part = *rest + strspn(*rest, "/");
  if (!**part) return false;
  char *end = *part + strcspn(*part, "/");
  *rest = *end ? end + 1 : end;
  *end = 0;
  return true;
}

/* Closes a folder in favour of the next; errno stays that of opening the next. */
static int close_for(int folder, int next) {
  int reason = errno;
  close(folder);
  errno = reason;
  return next;
}

int open_folder(const char *path, enum missing_folders missing) {
  char *owned = copy_string(path), *rest = owned, *part;
  int folder = open("/", FOLDER_FLAGS);
  /* What follows the last link, in bytes. A link to a folder that is missing is somebody's mistake, and left
   * so: nothing would know of the folders made for it. */
  size_t after_link = SIZE_MAX;
  for (int links = 0; folder >= 0 && take_part(&rest, &part);) {
    int child = open_child(folder, part, strlen(rest) >= after_link ? MISSING_ARE_ERRORS : missing);
    if (child >= 0 || (errno != ENOTDIR && errno != ELOOP)) {
      folder = close_for(folder, child);
      continue;
    }
    char *target = trusted_target(folder, part);
    if (target && ++links > LINKS_MAX) {
      errno = ELOOP;
      free(target);
      target = NULL;
    }
    if (!target) {
      folder = close_for(folder, -1);
      continue;
    }
    if (target[0] == '/') folder = close_for(folder, open("/", FOLDER_FLAGS));
    /* A link within the target of another: what follows that one still counts. */
    if (strlen(rest) < after_link) after_link = strlen(rest);
    char *joined = format_string("%s/%s", target, rest);
    free(target);
    free(owned);
    owned = rest = joined;
  }
  free(owned);
  return folder;
}

int open_folder_of(const char *path, enum missing_folders missing, const char **name) {
  const char *slash = strrchr(path, '/');
  if (!slash) {
    errno = EINVAL;
    return -1;
  }
  char *folder = copy_string(path);
  folder[slash - path] = 0;
  int opened = open_folder(folder, missing);
  free(folder);
  *name = slash + 1;
  return opened;
}

bool is_same_folder(const char *one, const char *other) {
  struct stat first, second;
  return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

bool can_write_below(const char *path) {
  char *folder = copy_string(path);
  bool can = false;
  for (;;) {
    int opened = open_folder(folder[0] ? folder : "/", MISSING_ARE_ERRORS);
    if (opened >= 0) {
      can = faccessat(opened, ".", W_OK, 0) == 0;
      close_for(opened, 0);
      break;
    }
    char *slash = strrchr(folder, '/');
    if (errno != ENOENT || !slash || !folder[0]) break;
    *slash = 0;
  }
  int reason = errno;
  free(folder);
  errno = reason;
  return can;
}
