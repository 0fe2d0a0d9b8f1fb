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
  STAMP_BYTES = 256,   /* six numbers of at most 20 digits each */
  PARTIAL_TRIES = 100, /* a cleaner gets between creating and locking at most a few times */
};

int create_partial(const struct store *store, const char *final_name, char partial_name[256]) {
  for (int attempt = 0; attempt < PARTIAL_TRIES; attempt++) {
    struct timespec now;
    struct stat status;
    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(partial_name, 256, "%s.%d-%ld%09ld.partial", final_name, (int)getpid(), (long)now.tv_sec,
             now.tv_nsec);
    int file = openat(store->folder, partial_name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0 && errno == EEXIST) continue;
    if (file < 0) return -1;
    /*
     * The lock tells other starts that this file has a living owner. Without locks on this file system nobody
     * cleans up either.
     */
    flock(file, LOCK_SH); /* shared: enough against the cleaner, and two handles of ours can hold it */
    if (fstat(file, &status) == 0 && status.st_nlink > 0) return file;
    close(file); /* a cleaner was faster than the lock */
  }
  errno = EBUSY;
  return -1;
}

static int stamp_of(int file, char text[STAMP_BYTES]) {
  struct stat status;
  if (fstat(file, &status)) return -1;
  snprintf(text, STAMP_BYTES, "%lld %lld.%09ld %lld.%09ld %llu %o\n", (long long)status.st_size,
           (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec, (long long)status.st_ctim.tv_sec,
           status.st_ctim.tv_nsec, (unsigned long long)status.st_ino, status.st_mode);
  return 0;
}

static void stamp_name(const struct component *component, char name[256]) {
  snprintf(name, 256, "%s-%s.stamp", component->id_text, component->name);
}

void write_stamp(const struct store *store, const struct component *component, int file) {
  char text[STAMP_BYTES], name[256], partial[256];
  if (stamp_of(file, text)) return;
  stamp_name(component, name);
  int stamp = create_partial(store, name, partial);
  if (stamp < 0) return;
  ssize_t length = (ssize_t)strlen(text);
  if (write(stamp, text, (size_t)length) != length || renameat(store->folder, partial, store->folder, name)) {
    unlinkat(store->folder, partial, 0);
  }
  close(stamp);
}

bool stamp_matches(const struct store *store, const struct component *component, int file) {
  char now[STAMP_BYTES], then[STAMP_BYTES], name[256];
  if (stamp_of(file, now)) return false;
  stamp_name(component, name);
  int stamp = openat(store->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (stamp < 0) return false;
  struct stat status;
  /* A stamp that another user has written, or could have, says nothing. */
  bool is_ours =
      fstat(stamp, &status) == 0 && is_own_file(&status) && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  ssize_t length = read(stamp, then, sizeof then);
  close(stamp);
  return is_ours && length == (ssize_t)strlen(now) && memcmp(now, then, (size_t)length) == 0;
}
