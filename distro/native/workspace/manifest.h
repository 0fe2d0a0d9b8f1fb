/*
 * What was placed, in /var/lib/windlass/workspace.json: JSON with one entry a line. It is written before the
 * first file and after the last, so that it always names every file that may exist.
 */
#ifndef WORKSPACE_MANIFEST_H
#define WORKSPACE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "placing.h"
#include "text.h"

#define MANIFEST_FOLDER "/var/lib/windlass"
#define MANIFEST_PATH MANIFEST_FOLDER "/workspace.json"

enum entry_kind { ENTRY_FILE, ENTRY_LINK, ENTRY_FOLDER };

struct entry {
  enum entry_kind kind;
  char *path;
  char *proof;    /* a file's SHA-256, a link's target; NULL for a folder */
  char *previous; /* the proof of what this run replaces; NULL if nothing, and after the run */
  struct entry *next;
};

struct manifest {
  bool exists;
  char *shared; /* the shared folder of the Windlass that placed this; NULL if there is no manifest */
  struct entry *entries;
};

enum entry_state { ENTRY_PLACED, ENTRY_MISSING, ENTRY_CHANGED };

/* Reads the manifest; one that does not exist, or whose lines are not ours, is empty. Ends with an error if
 * it cannot be read. */
struct manifest load_manifest(void);
/* Writes it. False with errno. */
bool save_manifest(const struct manifest *manifest);
/* Adds at the end. Strings are copied. */
struct entry *add_entry(struct manifest *manifest, enum entry_kind kind, const char *path, const char *proof,
                        const char *previous);
struct entry *find_entry(const struct manifest *manifest, const char *path);
void remove_entry(struct manifest *manifest, const char *path);
/* Whether what was found is what the entry says. */
bool is_entrys(const struct entry *entry, const struct found *found);
/* Examines the disk. What cannot be read counts as changed: it is not known to be ours. */
enum entry_state state_of(const struct entry *entry);
const char *state_name(enum entry_state state);
/* The entries as a JSON array. */
void add_entries_json(struct text *text, const struct manifest *manifest, const char *separator);
/* False for the manifest of another instance than the one with this shared folder. */
bool is_of_instance(const struct manifest *manifest, const char *shared);
/* The last part of a shared folder: the same wherever a distro sees it. */
const char *instance_of(const char *shared);
/* Whether a path is beneath a folder, by their names alone. */
bool is_below(const char *path, const char *folder);

#endif
