/*
 * Whether a folder is in the hands of this user alone. What is in the home is run, so anyone who can write
 * there, or can put another folder in its place, decides what this user runs. Windlass runs as root, and
 * `sudo -E` and `su` keep variables that name another user's folders, so this is checked before anything in
 * the home is believed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux.h"

#define MAX_LINKS 40 /* as the kernel */
#define OWNER_REMEDY \
  "Set WINDLASS_HOME to a folder of your own, or start without the variables of the other user: 'sudo -H' " \
  "instead of 'sudo -E', 'su -' instead of 'su'."
#define WRITABLE_REMEDY \
  "Make sure that no one else has put anything into it, then run 'chmod go-w' on it, or set WINDLASS_HOME to a " \
  "folder of your own."

bool is_own_file(const struct stat *status) {
  return status->st_uid == geteuid() || status->st_uid == 0;
}

/*
 * Folders above the home may be open to a group, which the administrator has filled, and to all if they are
 * sticky, as /tmp.
 */
static bool others_can_write(const struct stat *status, bool is_last) {
  if (is_last) return (status->st_mode & (S_IWGRP | S_IWOTH)) != 0;
  return (status->st_mode & S_IWOTH) && !(status->st_mode & S_ISVTX);
}

static void require_trust(const struct stat *status, const char *home, const char *part, bool is_last) {
  if (!is_own_file(status)) {
    fail_with(WL_HOME_INVALID, OWNER_REMEDY,
              "Cannot use '%s' for Windlass: '%s' belongs to another user (user id %u)", home, part,
              (unsigned)status->st_uid);
  }
  if (!S_ISLNK(status->st_mode) && others_can_write(status, is_last)) {
    fail_with(WL_HOME_INVALID, WRITABLE_REMEDY, "Cannot use '%s' for Windlass: other users can write to '%s'",
              home, part);
  }
}

/*
 * Puts the target of a symbolic link in front of what is left of the path. Returns whether it starts at the
 * root, or -1.
 */
static int follow(int link, char left[PATH_BYTES]) {
  char target[PATH_BYTES], rest[PATH_BYTES];
  ssize_t length = readlinkat(link, "", target, sizeof target - 1);
  if (length <= 0) return -1;
  target[length] = 0;
  snprintf(rest, sizeof rest, "%s", left);
  if (snprintf(left, PATH_BYTES, "%s/%s", target, rest) >= PATH_BYTES) return -1;
  return target[0] == '/';
}

static bool is_end(const char *left) {
  return left[strspn(left, "/")] == 0;
}

/*
 * Walks the path as the kernel would, one name at a time, so that links and the folders which hold them are
 * seen as well.
 */
void require_own_folder(const char *home, const char *path) {
  char left[PATH_BYTES], name[PATH_BYTES], part[2 * PATH_BYTES] = "";
  int links = 0, folder = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  snprintf(left, sizeof left, "%s", path);
  while (folder >= 0 && !is_end(left)) {
    struct stat status;
    size_t skipped = strspn(left, "/"), length = strcspn(left + skipped, "/");
    memcpy(name, left + skipped, length);
    name[length] = 0;
    memmove(left, left + skipped + length, strlen(left + skipped + length) + 1);
    int next = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    /*
     * What is missing is made by this user, in folders that have been seen; what cannot be opened is reported
     * where it is used.
     */
    if (next < 0 || fstat(next, &status)) break;
    size_t place = strlen(part);
    snprintf(part + place, sizeof part - place, "/%s", name);
    require_trust(&status, home, part, is_end(left));
    bool is_link = S_ISLNK(status.st_mode);
    int from_root = 0;
    if (is_link && (++links > MAX_LINKS || (from_root = follow(next, left)) < 0)) break;
    if (is_link) part[place] = 0;
    if (is_link && !from_root) {
      close(next);
      continue;
    }
    close(folder);
    folder = next;
    if (from_root) {
      part[0] = 0;
      close(folder);
      folder = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
  }
  if (folder >= 0) close(folder);
}
