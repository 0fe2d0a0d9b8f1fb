#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "linux.h"
#include "../unpack.h"

/* What a file system needs in addition to the bytes, for folder entries and stamps. */
#define SPARE_BYTES (64 * 1024)
#define MEBIBYTE (1024.0 * 1024.0)
/*
 * Unpacking takes seconds, longer with a virus scanner, and a window that stays black looks like a failure.
 */
#define UNPACKING "Unpacking Windlass; this happens once\n"

static void file_name(const struct component *component, char name[256]) {
  snprintf(name, 256, "%s-%s", component->id_text, component->name);
}

static mode_t file_mode(const struct component *component) {
  return component->flags & COMPONENT_EXECUTABLE ? 0755 : 0644;
}

const char *store_path(const struct store *store, const struct component *component) {
  char name[256], *path;
  file_name(component, name);
  if (asprintf(&path, "%s/%s", store->path, name) < 0)
    fail(WL_OUT_OF_MEMORY, "Cannot start Windlass: no memory is left");
  return path;
}

static bool has_right_bytes(const struct component *component, int file) {
  struct stat status;
  struct sha256 hash;
  uint8_t buffer[64 * 1024], digest[SHA256_BYTES];
  ssize_t length;
  if (fstat(file, &status) || (uint64_t)status.st_size != component->raw_length) return false;
  sha256_begin(&hash);
  while ((length = read(file, buffer, sizeof buffer)) > 0) sha256_update(&hash, buffer, (size_t)length);
  sha256_end(&hash, digest);
  return length == 0 && memcmp(digest, component->id, sizeof digest) == 0;
}

enum file_state { FILE_READY, FILE_ABSENT, FILE_WRONG };

/* Whether the file exists and is right. */
static enum file_state look_at(const struct store *store, const struct component *component) {
  char name[256];
  struct stat status;
  if (store->folder < 0) return FILE_ABSENT;
  file_name(component, name);
  /* Not blocking, in case that somebody has put a pipe there. */
  int file = openat(store->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0 && errno == ENOENT) return FILE_ABSENT;
  /* The owner of a file can change it after it has been checked. */
  bool regular = file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode) && is_own_file(&status);
  bool ready = regular && stamp_matches(store, component, file);
  if (!ready && regular && has_right_bytes(component, file)) {
    ready = (status.st_mode & 0777) == file_mode(component) || fchmod(file, file_mode(component)) == 0;
    if (ready) {
      remove_stale_partials(store); /* a start that died before its stamp was there may have left one */
      write_stamp(store, component, file);
    }
  }
  if (file >= 0) close(file);
  return ready ? FILE_READY : FILE_WRONG;
}

/*
 * What the executable has of a component that is not ready: the component itself, or NULL. The user is told
 * what is wrong.
 */
static const struct component *replacement(const struct store *store, const struct executable *executable,
                                           const struct payload *payload, const struct component *component,
                                           enum file_state state) {
  const struct component *carried = payload_find_id(&executable->payload, component);
  char name[256];
  file_name(component, name);
  if (carried && state == FILE_WRONG) {
    report(WL_COMPONENT_TAMPERED,
           "Cannot trust '%s/%s': its content is not the one that the executable carries", store->path, name);
  } else if (!carried && state == FILE_WRONG) {
    report(WL_VERSION_INCOMPLETE,
           "Cannot run version '%s': the content of '%s/%s' is not the one that was installed",
           payload->index_id, store->path, name);
  } else if (!carried) {
    report(WL_VERSION_INCOMPLETE, "Cannot run version '%s': component '%s' is missing", payload->index_id,
           component->name);
  }
  return carried;
}

/* Ends the process with the sentence that fits why a component could not be written. */
__attribute__((noreturn)) static void fail_to_write(struct store *store, const struct component *component) {
  int reason = errno;
  store_undo(store);
  if (reason == ENOSPC || reason == EDQUOT) {
    fail(WL_NO_SPACE, "Cannot unpack component '%s' into '%s': no space is left on the disk", component->name,
         store->path);
  }
  fail(WL_COMPONENT_UNWRITABLE, "Cannot unpack component '%s' into '%s': %s", component->name, store->path,
       strerror(reason));
}

/* Fails before anything is written where the disk has too little space for all that is missing. */
static void require_space(struct store *store, uint64_t wanted) {
  struct statvfs disk;
  if (fstatvfs(store->folder, &disk) || disk.f_blocks == 0) return; /* unknown: writing will show */
  uint64_t free_bytes = (uint64_t)(geteuid() == 0 ? disk.f_bfree : disk.f_bavail) * disk.f_frsize;
  if (free_bytes >= wanted + SPARE_BYTES) return;
  store_undo(store);
  fail(WL_NO_SPACE, "Cannot unpack Windlass into '%s': %.1f MiB are needed and %.1f MiB are free",
       store->path, (double)(wanted + SPARE_BYTES) / MEBIBYTE, (double)free_bytes / MEBIBYTE);
}

static int write_all(void *context, const void *bytes, size_t length) {
  int file = *(int *)context;
  for (const char *next = bytes; length > 0;) {
    ssize_t written = write(file, next, length);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return -1;
    next += written, length -= (size_t)written;
  }
  return 0;
}

/*
 * Exchanges the handle of a partial file for one that only reads: a file that anybody has open for writing
 * cannot be run, and once it has its name, others run it at once. The lock, which shows that the file has an
 * owner, is never released.
 */
static int finish_writing(const struct store *store, const char *partial, int *file) {
  if (fsync(*file)) return -1;
  int reading = openat(store->folder, partial, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (reading < 0) return -1;
  flock(reading, LOCK_SH | LOCK_NB);
  close(*file);
  *file = reading;
  return 0;
}

/* Unpacks `carried` to the file of `component`; both have the same bytes. */
static void unpack_into(struct store *store, const struct executable *executable,
                        const struct component *carried, const struct component *component) {
  char name[256], partial[256];
  const char *state = NULL;
  file_name(component, name);
  int file = create_partial(store, name, partial);
  if (file < 0) fail_to_write(store, component);
  /* Reserving finds a full disk at once; where a file system cannot reserve, writing will. */
  int reserved =
      fallocate(file, 0, 0, (off_t)component->raw_length) == 0 || (errno != ENOSPC && errno != EDQUOT);
  struct sink sink = {&file, write_all};
  enum unpack_result result =
      reserved ? unpack_component(carried, executable_reader(executable), sink, &state) : UNPACK_WRITE_FAILED;
  if (result == UNPACK_DONE && (fchmod(file, file_mode(component)) || finish_writing(store, partial, &file) ||
                                renameat(store->folder, partial, store->folder, name))) {
    result = UNPACK_WRITE_FAILED;
  }
  if (result == UNPACK_DONE) {
    write_stamp(store, component, file);
    close(file);
    return;
  }
  int reason = errno;
  unlinkat(store->folder, partial, 0);
  errno = reason;
  if (result == UNPACK_WRITE_FAILED) fail_to_write(store, component);
  store_undo(store);
  if (result == UNPACK_NO_MEMORY)
    fail(WL_OUT_OF_MEMORY, "Cannot unpack component '%s': no memory is left", component->name);
  fail(WL_EXECUTABLE_CORRUPT, "Cannot unpack component '%s' of '%s': %s", component->name, executable->path,
       state);
}

const struct payload *embedded_payload(const struct executable *executable) {
  return &executable->payload;
}

int store_fill(struct store *store, const struct executable *executable, const struct payload *payload) {
  const struct component *missing[MAX_COMPONENTS], *carried[MAX_COMPONENTS];
  int count = 0, damaged = 0;
  uint64_t wanted = 0;
  for (uint32_t i = 0; i < payload->count; i++) {
    const struct component *component = &payload->components[i];
    if (!(component->flags & COMPONENT_UNPACK)) continue;
    enum file_state state = look_at(store, component);
    if (state == FILE_READY) continue;
    damaged |= state == FILE_WRONG;
    carried[count] = replacement(store, executable, payload, component, state);
    if (!carried[count]) return -1;
    missing[count++] = component;
    wanted += component->raw_length;
  }
  if (count == 0) return 0;
  store_make(store);
  remove_stale_partials(store);
  require_space(store, wanted);
  if (!damaged) show_notice(UNPACKING);
  for (int i = 0; i < count; i++) unpack_into(store, executable, carried[i], missing[i]);
  fsync(store->folder); /* the names; the bytes are on the disk already */
  remove_unused_components(store, &executable->payload);
  return 0;
}
