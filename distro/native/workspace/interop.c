#include "interop.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

/* WSL's init starts a Windows program when it is run as the interpreter of one. Called directly it also works
 * where the kernel does not know that interpreter any longer: systemd-binfmt removes the entry in some
 * distros. */
#define INTERPRETER "/init"
#define SERVER_FOLDER "/run/WSL"
#define SERVER_SUFFIX "_interop"
#define VARIABLE "WSL_INTEROP"

/* Whether a server's process lives. Its socket is named after it: /run/WSL/<pid>_interop. */
static bool is_alive(const char *name) {
  char *end;
  long pid = strtol(name, &end, 10);
  if (pid <= 0 || end == name || strcmp(end, SERVER_SUFFIX) != 0) return false;
  return kill((pid_t)pid, 0) == 0 || errno == EPERM;
}

/* The newest living server. There is one for each session of the user's, and that of init. */
static char *newest_server(void) {
  DIR *folder = opendir(SERVER_FOLDER);
  if (!folder) return NULL;
  char *newest = NULL;
  struct timespec when = {0};
  for (struct dirent *entry; (entry = readdir(folder));) {
    struct stat state;
    if (!is_alive(entry->d_name) || fstatat(dirfd(folder), entry->d_name, &state, 0) < 0) continue;
    if (!S_ISSOCK(state.st_mode) || access(INTERPRETER, X_OK) < 0) continue;
    bool is_newer = state.st_mtim.tv_sec > when.tv_sec ||
                    (state.st_mtim.tv_sec == when.tv_sec && state.st_mtim.tv_nsec > when.tv_nsec);
    if (newest && !is_newer) continue;
    free(newest);
    newest = format_string(SERVER_FOLDER "/%s", entry->d_name);
    when = state.st_mtim;
  }
  closedir(folder);
  return newest;
}

/* The server of this session, if it lives: a terminal multiplexer outlives the session whose variables it
 * has. */
static char *server(void) {
  const char *of_session = getenv(VARIABLE);
  const char *slash = of_session ? strrchr(of_session, '/') : NULL;
  bool exists = slash && access(of_session, F_OK) == 0;
  if (exists && is_alive(slash + 1)) return copy_string(of_session);
  char *newest = newest_server();
  /* In a process namespace of its own the processes cannot be looked up. */
  return newest || !exists ? newest : copy_string(of_session);
}

bool has_interop(void) {
  char *found = access(INTERPRETER, X_OK) == 0 ? server() : NULL;
  free(found);
  return found != NULL;
}

void become_windows_program(const char *executable, char **words) {
  char *found = server();
  if (!found) {
    errno = ENOENT;
    return;
  }
  setenv(VARIABLE, found, 1);
  size_t count = 0;
  while (words[count]) count++;
  /* /init <path> <argv[0]> <argument>..., as the kernel calls an interpreter that keeps argv[0]. */
  char **all = allocate((count + 3) * sizeof *all);
  all[0] = INTERPRETER;
  all[1] = (char *)executable;
  memcpy(all + 2, words, count * sizeof *words);
  execv(INTERPRETER, all);
}
