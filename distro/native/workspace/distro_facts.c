#include "distro_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

/* Where distros keep programs, the package managers that bring docker along included. */
static const char *const PROGRAM_FOLDERS[] = {
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
    "/snap/bin",
    "/opt/bin",
    "/home/linuxbrew/.linuxbrew/bin",
    "/run/current-system/sw/bin",
    "/nix/var/nix/profiles/default/bin",
    NULL,
};

/* The docker CLI's own list for all users. */
static const char *const PLUGIN_FOLDERS[] = {
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
    NULL,
};

/* The first of the files with this name that can be run, other than `placed`. */
static char *find(const char *const *folders, const char *name, const char *placed) {
  struct stat ours, state;
  bool has_ours = placed && stat(placed, &ours) == 0;
  for (; *folders; folders++) {
    char *path = format_string("%s/%s", *folders, name);
    bool is_program = stat(path, &state) == 0 && S_ISREG(state.st_mode) && state.st_mode & 0111;
    /* The folders may be links to one another: in Fedora, /usr/local/sbin is one to /usr/local/bin. */
    bool is_ours = has_ours && state.st_dev == ours.st_dev && state.st_ino == ours.st_ino;
    if (is_program && !is_ours) return path;
    free(path);
  }
  return NULL;
}

bool has_program(const char *name) {
  char *path = find(PROGRAM_FOLDERS, name, NULL);
  free(path);
  return path != NULL;
}

char *own_program(const char *name, const char *placed) {
  return find(PROGRAM_FOLDERS, name, placed);
}

char *own_plugin(const char *name, const char *placed) {
  return find(PLUGIN_FOLDERS, name, placed);
}

bool has_folder(const char *path) {
  struct stat state;
  return stat(path, &state) == 0 && S_ISDIR(state.st_mode);
}

long group_id(const char *name) {
  FILE *groups = fopen("/etc/group", "re");
  if (!groups) return -1;
  char *line = NULL;
  size_t room = 0, length = strlen(name);
  long id = -1;
  while (id < 0 && getline(&line, &room, groups) >= 0) {
    /* name:password:gid:members */
    if (strncmp(line, name, length) != 0 || line[length] != ':') continue;
    const char *number = strchr(line + length + 1, ':');
    char *end;
    long value = number ? strtol(number + 1, &end, 10) : -1;
    if (number && end != number + 1 && *end == ':' && value >= 0) id = value;
  }
  free(line);
  fclose(groups);
  return id;
}

bool has_systemd(void) {
  return has_folder("/run/systemd/system");
}
