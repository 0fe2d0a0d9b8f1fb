#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux.h"

ssize_t read_small(const char *path, void *buffer, size_t size) {
  struct stat status;
  size_t length = 0;
  ssize_t taken = 0;
  /* Not blocking, in case that somebody has put a pipe there. */
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return -1;
  if (fstat(file, &status) || !S_ISREG(status.st_mode)) {
    close(file);
    return errno = EINVAL, -1;
  }
  if (!is_own_file(&status) || status.st_mode & (S_IWGRP | S_IWOTH)) {
    close(file);
    return errno = EPERM, -1;
  }
  while (length < size && ((taken = read(file, (char *)buffer + length, size - length)) > 0 ||
                           (taken < 0 && errno == EINTR))) {
    if (taken > 0) length += (size_t)taken;
  }
  close(file);
  return taken < 0 ? -1 : (ssize_t)length;
}

const char *read_version(const struct store *store, const char *id, struct payload *payload) {
  static uint8_t bytes[MAX_INDEX_FILE_BYTES + 1];
  char path[PATH_BYTES];
  snprintf(path, sizeof path, "%s/versions/%s.index", store->home, id);
  ssize_t length = read_small(path, bytes, sizeof bytes);
  if (length < 0) return errno == ENOENT ? "its index is missing" : "its index cannot be read";
  return payload_read_index_file(payload, bytes, (size_t)length, id);
}

int name_all_components(const struct store *store, const struct payload *embedded, struct named *named) {
  char path[PATH_BYTES];
  version_id id;
  int count = 0, failed = named_add(named, embedded);
  snprintf(path, sizeof path, "%s/versions", store->home);
  DIR *entries = opendir(path);
  if (!entries && errno != ENOENT) return -1;
  struct payload *payload = malloc(sizeof *payload);
  failed = failed || !payload;
  for (struct dirent *entry; !failed && entries && (entry = readdir(entries));) {
    if (!is_index_name(entry->d_name, id)) continue;
    failed = ++count > MAX_VERSIONS || read_version(store, id, payload) || named_add(named, payload);
  }
  free(payload);
  if (entries) closedir(entries);
  return failed ? -1 : 0;
}
