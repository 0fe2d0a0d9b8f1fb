/*
 * What the Windows files of the launcher share. Paths are UTF-16 and plain, as a user would write them;
 * system_path() turns one into what the system takes at any length. Text for people is UTF-8.
 */
#ifndef WINDLASS_WIN32_H
#define WINDLASS_WIN32_H

#include <stdbool.h>
#include <windows.h>

#include "../errors.h"
#include "../running_version.h"

/*
 * Longest path of the home folder in characters, with a final zero: the runtime in it has 85 more, and what
 * is started, or started in, must stay below 260 on systems where nobody has lifted that limit. Other files
 * may be longer.
 */
#define HOME_CHARACTERS 174
/* The most that the system takes, for a path, a variable or a command line. */
#define TEXT_CHARACTERS 32768

/* The open executable that runs. */
struct executable {
  HANDLE file;
  const wchar_t *path; /* absolute */
  struct payload payload;
};

/* The folder with the unpacked components. */
struct store {
  const wchar_t *home, *path;
  bool made_home, made_folder; /* by this process: taken away again if nothing gets into them */
  /*
   * Open for reading only, so that nobody can change or remove what this process runs; INVALID_HANDLE_VALUE
   * for the others.
   */
  HANDLE held[MAX_COMPONENTS];
};

/* Older headers lack it. */
#ifndef ERROR_DISK_QUOTA_EXCEEDED
#define ERROR_DISK_QUOTA_EXCEEDED 1295
#endif

/* A file that is being written under a temporary name. While it is open, nobody else can remove it. */
struct partial {
  HANDLE file;
  const wchar_t *path;
};

/* text.c: memory that is never freed, since the launcher makes few texts. Out of memory ends the process. */
const wchar_t *joined(const wchar_t *first, const wchar_t *second, const wchar_t *third);
const char *utf8(const wchar_t *text);
const wchar_t *wide(const char *text);
/* The system's words for an error, without a final period, and its number. */
const char *system_error(DWORD error);
/* An environment variable, or NULL if it is not set or empty. */
const wchar_t *variable(const wchar_t *name);
/* The path in the form that has no limit of 260 characters, if it needs it. */
const wchar_t *system_path(const wchar_t *path);

/* environment.c: takes away the variables by which a caller would change the program that runs. */
void guard_environment(void);

/* home.c */
/* WINDLASS_HOME or %LOCALAPPDATA%\Windlass. Fails with WL_HOME_INVALID. */
const wchar_t *find_home(void);
/* Opens no file: a folder that is missing is made when the first component is written. */
void store_open(struct store *store, const wchar_t *home);
/* Makes the folder; a new home is open to nobody but the user, the administrators and the system. */
void store_make(struct store *store);
/* Takes away the folders that this process has made, if they are still empty. */
void store_undo(struct store *store);

/* components.c */
struct reader executable_reader(const struct executable *executable);
/* Of what store_fill() has seen to be right, all is held; see running_version.h. */
/* The path of an unpacked component. */
const wchar_t *component_path(const struct store *store, const struct component *component);
/* Lets go of all components. */
void store_release(struct store *store);

/* partial.c. Results are 0, or a system error. */
DWORD create_partial(struct partial *partial, const wchar_t *final_path);
/* Writes it to the disk and exchanges its handle for one that cannot write. */
DWORD seal_partial(struct partial *partial);
/* Gives a sealed one its name, in place of a file that nobody has open. The file stays open. */
DWORD rename_partial(const struct partial *partial, const wchar_t *final_path);
bool is_out_of_space(DWORD error);
/* Removes it. */
void discard_partial(struct partial *partial);

/* stamp.c */
/*
 * Writes what a file looks like now beside it. A failure is harmless: the next start hashes the file again.
 */
void write_stamp(const struct store *store, const struct component *component, HANDLE file);
/* Whether the open file still looks as it did when its stamp was written. */
bool stamp_matches(const struct store *store, const struct component *component, HANDLE file);

/* collect.c */
/* Removes partial files of processes that have died. */
void remove_stale_partials(const struct store *store);
/* Removes components that no version names, unless a running process holds some of them. */
void remove_unused_components(const struct store *store, const struct payload *embedded);
/*
 * After `windlass uninstall`, which cannot remove the runtime that it runs in: removes all components, the
 * runtime's cache and the home, if nothing else is in it. Does nothing unless the uninstaller has left its
 * mark.
 */
void finish_uninstall(const struct store *store);

/* versions.c */
/*
 * Reads up to `size` bytes of a plain file; returns 0 or a system error, ERROR_BAD_FILE_TYPE if it is not
 * one.
 */
DWORD read_small(const wchar_t *path, void *buffer, DWORD size, DWORD *length);

/* runtime.c: starts the runtime, waits for it and ends with its exit code. */
__attribute__((noreturn)) void run_runtime(const struct payload *payload, struct store *store);

/* command_line.c */
/* What stands behind the program's name, as it was written. */
const wchar_t *given_arguments(void);
/* Whether the console is this process's alone and nobody has typed anything. */
bool is_double_clicked(void);

#endif
