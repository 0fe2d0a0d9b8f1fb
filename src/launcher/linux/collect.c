#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "linux.h"

#define ID_CHARACTERS (2 * SHA256_BYTES)
/* Longer command lines are searched up to here only; the runtime's own paths come first. */
#define COMMAND_LINE_BYTES (32 * 1024)

static const char HEXADECIMAL[] = "0123456789abcdef";
static const char NAME_CHARACTERS[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";

/* Whether a file has a name that this program gives: "<id>-<name>", perhaps with something behind it. */
static bool is_ours(const char *name) {
  if (strspn(name, HEXADECIMAL) != ID_CHARACTERS || name[ID_CHARACTERS] != '-') return false;
  const char *rest = name + ID_CHARACTERS + 1;
  return *rest != 0 && strspn(rest, NAME_CHARACTERS) == strlen(rest);
}

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text), wanted = strlen(end);
  return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

static DIR *list(const struct store *store) {
  /* A description of its own, since reading moves a position that belongs to it. */
  int folder = openat(store->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return folder < 0 ? NULL : fdopendir(folder);
}

void remove_stale_partials(const struct store *store) {
  DIR *entries = list(store);
  for (struct dirent *entry; entries && (entry = readdir(entries));) {
    if (!is_ours(entry->d_name) || !ends_with(entry->d_name, ".partial")) continue;
    int file = openat(store->folder, entry->d_name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) continue;
    if (flock(file, LOCK_EX | LOCK_NB) == 0) unlinkat(store->folder, entry->d_name, 0);
    close(file);
  }
  if (entries) closedir(entries);
}

static bool command_line_names(const char *process, const char *id) {
  static char text[COMMAND_LINE_BYTES];
  char path[300];
  snprintf(path, sizeof path, "/proc/%s/cmdline", process);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  ssize_t length = read(file, text, sizeof text);
  close(file);
  return length > 0 && memmem(text, (size_t)length, id, ID_CHARACTERS) != NULL;
}

/* Where /proc cannot be read, everything counts as in use. */
static bool is_in_use(const char *id) {
  DIR *processes = opendir("/proc");
  if (!processes) return true;
  bool in_use = false;
  for (struct dirent *entry; !in_use && (entry = readdir(processes));) {
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') in_use = command_line_names(entry->d_name, id);
  }
  closedir(processes);
  return in_use;
}

static bool is_unused(const struct named *named, const char *name) {
  return is_ours(name) && !ends_with(name, ".partial") && !named_has(named, name);
}

void remove_unused_components(const struct store *store, const struct payload *embedded) {
  struct named named = {0};
  if (name_all_components(store, embedded, &named)) {
    named_free(&named);
    return;
  }
  DIR *entries = list(store);
  bool in_use = false;
  /*
   * A process of another version names two or three of its components, may load the others at any time, and
   * may start further processes from them: all of them stay until it has ended.
   */
  for (struct dirent *entry; entries && !in_use && (entry = readdir(entries));) {
    char id[ID_CHARACTERS + 1];
    if (!is_unused(&named, entry->d_name) || ends_with(entry->d_name, ".stamp")) continue;
    memcpy(id, entry->d_name, ID_CHARACTERS);
    id[ID_CHARACTERS] = 0;
    in_use = is_in_use(id);
  }
  if (entries) rewinddir(entries);
  for (struct dirent *entry; entries && !in_use && (entry = readdir(entries));) {
    if (is_unused(&named, entry->d_name)) unlinkat(store->folder, entry->d_name, 0);
  }
  if (entries) closedir(entries);
  named_free(&named);
}
