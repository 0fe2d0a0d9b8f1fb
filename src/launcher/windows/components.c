#include <stdio.h>
#include <string.h>

#include "../unpack.h"
#include "win32.h"

/* What a file system needs in addition to the bytes, for folder entries and stamps. */
#define SPARE_BYTES (64 * 1024)
#define MEBIBYTE (1024.0 * 1024.0)
/*
 * Unpacking takes seconds, longer with a virus scanner, and a window that stays black looks like a failure.
 */
#define UNPACKING "Unpacking Windlass; this happens once\n"

enum {
  OPEN_TRIES = 20,   /* another start that renames the file, or a scanner, has it open for milliseconds */
  OPEN_WAIT = 10,    /* milliseconds before the second try; each wait is longer by as much: 1.9 s in all */
  RENAME_TRIES = 10, /* scanners and backup programs have the old file open for a moment */
  RENAME_WAIT = 50,  /* milliseconds before the second try; each wait is longer by as much: 2.3 s in all */
};

const wchar_t *component_path(const struct store *store, const struct component *component) {
  char name[256];
  const char *end = component->flags & COMPONENT_EXECUTABLE ? ".exe" : "";
  snprintf(name, sizeof name, "\\%s-%s%s", component->id_text, component->name, end);
  return joined(store->path, wide(name), L"");
}

static bool has_right_bytes(const struct component *component, HANDLE file) {
  static uint8_t buffer[1024 * 1024];
  LARGE_INTEGER size;
  struct sha256 hash;
  uint8_t digest[SHA256_BYTES];
  DWORD length = 0;
  BOOL sound;
  if (!GetFileSizeEx(file, &size) || (uint64_t)size.QuadPart != component->raw_length) return false;
  sha256_begin(&hash);
  while ((sound = ReadFile(file, buffer, sizeof buffer, &length, NULL)) && length > 0)
    sha256_update(&hash, buffer, length);
  sha256_end(&hash, digest);
  return sound && memcmp(digest, component->id, sizeof digest) == 0;
}

/* Opens a file so that nobody can write to it or remove it. A failure leaves the reason in GetLastError(). */
static HANDLE hold(const wchar_t *path) {
  for (int attempt = 1;; attempt++) {
    HANDLE file = CreateFileW(system_path(path), GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    bool busy = file == INVALID_HANDLE_VALUE && GetLastError() == ERROR_SHARING_VIOLATION;
    if (!busy || attempt == OPEN_TRIES) return file;
    Sleep((DWORD)(OPEN_WAIT * attempt));
  }
}

enum file_state { FILE_READY, FILE_ABSENT, FILE_WRONG };

/* Whether the file exists and is right; then it is held. */
static enum file_state look_at(struct store *store, const struct component *component, HANDLE *held) {
  HANDLE file = hold(component_path(store, component));
  if (file == INVALID_HANDLE_VALUE) {
    DWORD error = GetLastError();
    bool absent =
        error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND || error == ERROR_SHARING_VIOLATION;
    return absent ? FILE_ABSENT : FILE_WRONG;
  }
  if (stamp_matches(store, component, file)) return *held = file, FILE_READY;
  if (has_right_bytes(component, file)) {
    remove_stale_partials(store); /* a start that died before its stamp was there may have left one */
    write_stamp(store, component, file);
    return *held = file, FILE_READY;
  }
  CloseHandle(file);
  return FILE_WRONG;
}

/*
 * What the executable has of a component that is not ready: the component itself, or NULL. The user is told
 * what is wrong.
 */
static const struct component *replacement(const struct store *store, const struct executable *executable,
                                           const struct payload *payload, const struct component *component,
                                           enum file_state state) {
  const struct component *carried = payload_find_id(&executable->payload, component);
  const char *path = utf8(component_path(store, component));
  if (carried && state == FILE_WRONG) {
    report(WL_COMPONENT_TAMPERED, "Cannot trust '%s': its content is not the one that the executable carries",
           path);
  } else if (!carried && state == FILE_WRONG) {
    report(WL_VERSION_INCOMPLETE,
           "Cannot run version '%s': the content of '%s' is not the one that was installed",
           payload->index_id, path);
  } else if (!carried) {
    report(WL_VERSION_INCOMPLETE, "Cannot run version '%s': component '%s' is missing", payload->index_id,
           component->name);
  }
  return carried;
}

/* Ends the process with the sentence that fits why a component could not be written. */
__attribute__((noreturn)) static void fail_to_write(struct store *store, const struct component *component,
                                                    DWORD error) {
  store_undo(store);
  if (is_out_of_space(error)) {
    fail(WL_NO_SPACE, "Cannot unpack component '%s' into '%s': no space is left on the disk", component->name,
         utf8(store->path));
  }
  fail(WL_COMPONENT_UNWRITABLE, "Cannot unpack component '%s' into '%s': %s", component->name,
       utf8(store->path), system_error(error));
}

/* Fails before anything is written where the disk has too little space for all that is missing. */
static void require_space(struct store *store, uint64_t wanted) {
  ULARGE_INTEGER available;
  if (!GetDiskFreeSpaceExW(system_path(store->path), &available, NULL, NULL))
    return; /* unknown: writing will show */
  if (available.QuadPart >= wanted + SPARE_BYTES) return;
  store_undo(store);
  fail(WL_NO_SPACE, "Cannot unpack Windlass into '%s': %.1f MiB are needed and %.1f MiB are free",
       utf8(store->path), (double)(wanted + SPARE_BYTES) / MEBIBYTE, (double)available.QuadPart / MEBIBYTE);
}

struct target {
  HANDLE file;
  DWORD error;
};

static int write_all(void *context, const void *bytes, size_t length) {
  struct target *target = context;
  for (const char *next = bytes; length > 0;) {
    DWORD written;
    if (!WriteFile(target->file, next, (DWORD)length, &written, NULL))
      return target->error = GetLastError(), -1;
    next += written, length -= written;
  }
  return 0;
}

/*
 * Reserving detects a full disk at once and keeps the file in one piece; where it is not possible, the write
 * fails instead.
 */
static DWORD reserve(HANDLE file, uint64_t bytes) {
  FILE_ALLOCATION_INFO allocation = {.AllocationSize.QuadPart = (LONGLONG)bytes};
  if (SetFileInformationByHandle(file, FileAllocationInfo, &allocation, sizeof allocation)) return 0;
  return is_out_of_space(GetLastError()) ? GetLastError() : 0;
}

/*
 * Whether another start was quicker: it holds the file, so that it cannot be replaced, and the same bytes
 * serve as well.
 */
static bool is_there_already(const struct component *component, const wchar_t *path) {
  HANDLE other = hold(path);
  if (other == INVALID_HANDLE_VALUE) return false;
  bool serves = has_right_bytes(component, other);
  CloseHandle(other);
  return serves;
}

/*
 * Returns 0, ERROR_ALREADY_EXISTS if a file with the right bytes has the name and cannot be replaced, or a
 * system error.
 */
static DWORD publish(const struct component *component, struct partial *partial, const wchar_t *path) {
  DWORD error = seal_partial(partial);
  if (error) return error;
  for (int attempt = 1;; attempt++) {
    error = rename_partial(partial, path);
    if (error != ERROR_ACCESS_DENIED && error != ERROR_SHARING_VIOLATION) return error;
    if (is_there_already(component, path)) return ERROR_ALREADY_EXISTS;
    if (attempt == RENAME_TRIES) return error;
    Sleep((DWORD)(RENAME_WAIT * attempt));
  }
}

/* Unpacks `carried` to the file of `component`; both have the same bytes. */
static void unpack_into(struct store *store, const struct executable *executable,
                        const struct component *carried, const struct component *component) {
  const wchar_t *path = component_path(store, component);
  const char *state = NULL;
  struct partial partial;
  DWORD error = create_partial(&partial, path);
  if (error) fail_to_write(store, component, error);
  struct target target = {partial.file, reserve(partial.file, component->raw_length)};
  struct sink sink = {&target, write_all};
  enum unpack_result result = target.error
                                  ? UNPACK_WRITE_FAILED
                                  : unpack_component(carried, executable_reader(executable), sink, &state);
  if (result == UNPACK_DONE) {
    target.error = publish(component, &partial, path);
    if (target.error == ERROR_ALREADY_EXISTS) {
      discard_partial(&partial);
      return;
    }
    if (target.error == 0) {
      write_stamp(store, component, partial.file);
      CloseHandle(partial.file);
      return;
    }
    result = UNPACK_WRITE_FAILED;
  }
  discard_partial(&partial);
  if (result == UNPACK_WRITE_FAILED) fail_to_write(store, component, target.error);
  store_undo(store);
  if (result == UNPACK_NO_MEMORY)
    fail(WL_OUT_OF_MEMORY, "Cannot unpack component '%s': no memory is left", component->name);
  fail(WL_EXECUTABLE_CORRUPT, "Cannot unpack component '%s' of '%s': %s", component->name,
       utf8(executable->path), state);
}

const struct payload *embedded_payload(const struct executable *executable) {
  return &executable->payload;
}

int store_fill(struct store *store, const struct executable *executable, const struct payload *payload) {
  const struct component *carried[MAX_COMPONENTS];
  uint32_t missing[MAX_COMPONENTS], count = 0;
  int damaged = 0;
  uint64_t wanted = 0;
  for (uint32_t i = 0; i < payload->count; i++) {
    const struct component *component = &payload->components[i];
    if (!(component->flags & COMPONENT_UNPACK)) continue;
    enum file_state state = look_at(store, component, &store->held[i]);
    if (state == FILE_READY) continue;
    damaged |= state == FILE_WRONG;
    carried[count] = replacement(store, executable, payload, component, state);
    if (!carried[count]) {
      store_release(store);
      return -1;
    }
    missing[count++] = i;
    wanted += component->raw_length;
  }
  if (count == 0) return 0;
  store_make(store);
  remove_stale_partials(store);
  require_space(store, wanted);
  if (!damaged) show_notice(UNPACKING);
  for (uint32_t i = 0; i < count; i++) {
    const struct component *component = &payload->components[missing[i]];
    unpack_into(store, executable, carried[i], component);
    if (look_at(store, component, &store->held[missing[i]]) != FILE_READY)
      fail_to_write(store, component, ERROR_FILE_CORRUPT);
  }
  remove_unused_components(store, &executable->payload);
  return 0;
}

void store_release(struct store *store) {
  for (int i = 0; i < MAX_COMPONENTS; i++) {
    if (store->held[i] != INVALID_HANDLE_VALUE) CloseHandle(store->held[i]);
    store->held[i] = INVALID_HANDLE_VALUE;
  }
}
