#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "linux.h"

enum {
  LOCK_TRIES = 500, /* another start, or the program, has it until a small file is on disk */
  LOCK_WAIT = 10,   /* milliseconds between two tries: 5 s in all */
};

int read_current(const struct store *store, struct current *current) {
  char path[PATH_BYTES], text[MAX_CURRENT_BYTES + 1];
  snprintf(path, sizeof path, "%s/current.json", store->home);
  ssize_t length = read_small(path, text, sizeof text);
  if (length < 0 && (errno == ENOENT || errno == ENOTDIR)) return -1;
  if (length < 0 && errno == EPERM) {
    report(WL_CURRENT_DAMAGED, "Cannot trust '%s': another user owns it, or can write to it", path);
    return -1;
  }
  if (length < 0 && errno != ELOOP && errno != EINVAL) {
    report(WL_CURRENT_DAMAGED, "Cannot read '%s': %s", path, strerror(errno));
    return -1;
  }
  if (length >= 0 && current_parse(current, text, (size_t)length) == 0) return 0;
  report(WL_CURRENT_DAMAGED, "Cannot read '%s': it is damaged", path);
  return -1;
}

/* Returns the open file, or -1. Closing it releases the lock. */
static int lock_versions(const char *home) {
  char path[PATH_BYTES];
  const struct timespec pause = {.tv_nsec = LOCK_WAIT * 1000 * 1000};
  snprintf(path, sizeof path, "%s/versions/lock", home);
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (file < 0) return -1;
  for (int attempt = 1; flock(file, LOCK_EX | LOCK_NB); attempt++) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      break; /* a file system without locks: two starts may count as one */
    if (attempt == LOCK_TRIES) {
      close(file);
      return -1;
    }
    nanosleep(&pause, NULL);
  }
  return file;
}

static int write_current(const char *home, const struct current *current) {
  char path[PATH_BYTES], partial[PATH_BYTES + 64], text[MAX_CURRENT_BYTES];
  struct timespec now;
  size_t length = current_format(current, text);
  clock_gettime(CLOCK_MONOTONIC, &now);
  snprintf(path, sizeof path, "%s/current.json", home);
  snprintf(partial, sizeof partial, "%s.%d-%ld%09ld.partial", path, (int)getpid(), (long)now.tv_sec,
           now.tv_nsec);
  int file = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return -1;
  bool written = write(file, text, length) == (ssize_t)length && fsync(file) == 0;
  close(file);
  if (!written || rename(partial, path)) {
    unlink(partial);
    return -1;
  }
  int folder = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) fsync(folder), close(folder); /* the name; the bytes are on the disk already */
  return 0;
}

bool count_try(const struct store *store, struct current *current) {
  struct current now;
  int lock = lock_versions(store->home);
  bool counted = false;
  if (lock < 0) return false;
  /* What has been read may have changed until the lock was free. */
  if (read_current(store, &now) == 0 && strcmp(now.embedded, current->embedded) == 0) {
    *current = now;
    if (current_wants_try(current)) {
      current->tries++;
      counted = write_current(store->home, current) == 0;
    }
  }
  close(lock);
  return counted;
}
