#define _GNU_SOURCE
#include "outside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native.h"

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#define TREE_RECURSIVE 0x8000    /* AT_RECURSIVE, which older headers lack */
#define MOVE_FROM_DESCRIPTOR 0x4 /* MOVE_MOUNT_F_EMPTY_PATH */

static void make_link(const char *target, const char *path) {
  if (symlink(target, path) < 0) fail_tool("cannot make '%s'", path);
}

/* Makes a folder and those above it, and leaves what exists. */
static void make_folder(const char *path) {
  char partial[PATH_MAX];
  snprintf(partial, sizeof partial, "%s", path);
  for (char *slash = strchr(partial + 1, '/');; slash = strchr(slash + 1, '/')) {
    if (slash) *slash = 0;
    if (mkdir(partial, 0755) < 0 && errno != EEXIST) fail_tool("cannot make '%s'", partial);
    if (!slash) return;
    *slash = '/';
  }
}

/* The longest part of the path that is a folder, opened. `existing` becomes its path. */
static int open_existing(const char *path, char existing[PATH_MAX]) {
  snprintf(existing, PATH_MAX, "%s", path);
  for (;;) {
    int folder = open(existing, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char *slash = strrchr(existing, '/');
    if (folder >= 0 && slash != existing) return folder;
    if ((folder < 0 && errno != ENOENT) || slash == existing) fail_tool("cannot open '%s'", existing);
    *slash = 0;
  }
}

/* One entry of the covered folder appears in the new one: links as they are, all else as itself. */
static void carry_over(int covered, const char *name, const char *folder) {
  char path[PATH_MAX];
  struct stat status;
  join_path(path, folder, name);
  if (fstatat(covered, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
    return; /* removed since the folder was read */
  if (S_ISLNK(status.st_mode)) {
    char target[PATH_MAX];
    ssize_t length = readlinkat(covered, name, target, sizeof target - 1);
    if (length < 0) return;
    target[length] = 0;
    make_link(target, path);
    return;
  }
  if (S_ISDIR(status.st_mode) ? mkdir(path, 0755) : mknod(path, S_IFREG | 0644, 0))
    fail_tool("cannot make '%s'", path);
  int tree = (int)syscall(SYS_open_tree, covered, name, OPEN_TREE_CLONE | TREE_RECURSIVE | O_CLOEXEC);
  if (tree < 0 || syscall(SYS_move_mount, tree, "", AT_FDCWD, path, MOVE_FROM_DESCRIPTOR) < 0)
    fail_tool("cannot bind '%s'", path);
  close(tree);
}

/* Calls `each` for every name in an open folder. */
static void for_each_name(int folder, void (*each)(int folder, const char *name, void *context),
                          void *context) {
  DIR *entries = fdopendir(folder);
  if (!entries) fail_tool("cannot read a folder");
  struct dirent *entry;
  while ((entry = readdir(entries)))
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      each(folder, entry->d_name, context);
  closedir(entries);
}

struct covering {
  const char *folder;
  bool is_place; /* it is the tool folder itself, in which our own names win */
  const char *plugins;
  char self[PATH_MAX];
};

static void carry_over_other(int covered, const char *name, void *context) {
  const struct covering *covering = context;
  char plugin[PATH_MAX];
  join_path(plugin, covering->plugins, name);
  bool ours = strcmp(name, "docker") == 0 || strcmp(name, TOOL_STATE) == 0 || access(plugin, F_OK) == 0;
  if (!covering->is_place || !ours) carry_over(covered, name, covering->folder);
}

/* One program of the distro, under a name in the tool folder that this helper answers for. */
static void add_tool(const struct tool_folder *folder, const char *self, const char *name,
                     const char *target) {
  char path[PATH_MAX], state[PATH_MAX];
  join_path(path, folder->path, name);
  make_link(self, path);
  join_path(state, folder->path, TOOL_STATE "/target");
  join_path(path, state, name);
  make_link(target, path);

  char program[PATH_MAX], interpreter[PATH_MAX], loader[PATH_MAX];
  int file = open_in_distro(folder->rootfs, target, program);
  if (read_interpreter(file, interpreter)) {
    close(open_in_distro(folder->rootfs, interpreter, loader));
    join_path(state, folder->path, TOOL_STATE "/as");
    join_path(path, state, name);
    make_link(loader, path);
  }
  close(file);
}

struct adding {
  const struct tool_folder *folder;
  const char *self;
};

static void add_plugin(int plugins, const char *name, void *context) {
  (void)plugins;
  const struct adding *adding = context;
  char target[PATH_MAX];
  join_path(target, adding->folder->plugins, name);
  add_tool(adding->folder, adding->self, name, target);
}

static void add_stand_in(const struct tool_folder *folder, const char *self, const struct stand_in *helper) {
  char state[PATH_MAX], path[PATH_MAX];
  join_path(state, folder->path, TOOL_STATE "/stand-ins");
  join_path(path, state, helper->name);
  make_link(self, path);
  join_path(state, folder->path, TOOL_STATE "/messages");
  join_path(path, state, helper->name);
  int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0 || !write_fully(file, helper->message, strlen(helper->message)))
    fail_tool("cannot write '%s'", path);
  close(file);
}

static void fill(const struct tool_folder *folder, const char *self, int plugins) {
  static const char *const parts[] = {"target", "as", "stand-ins", "messages"};
  char path[PATH_MAX], part[PATH_MAX];
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    snprintf(part, sizeof part, TOOL_STATE "/%s", parts[i]);
    join_path(path, folder->path, part);
    make_folder(path);
  }
  join_path(path, folder->path, TOOL_STATE "/rootfs");
  make_link(folder->rootfs, path);
  const char *name = strrchr(folder->program, '/') + 1;
  add_tool(folder, self, name, folder->program);
  struct adding adding = {.folder = folder, .self = self};
  for_each_name(plugins, add_plugin, &adding);
  for (int i = 0; i < folder->stand_in_count; i++) add_stand_in(folder, self, &folder->stand_ins[i]);
}

/*
 * A folder can only be mounted on one that exists, and nothing is made on the machine. So the deepest folder
 * above it that exists is covered by an empty one, in which all that was there appears again, next to ours.
 * It is read-only: a file written there would be lost with this namespace.
 */
void mount_tool_folder(const struct tool_folder *folder) {
  char existing[PATH_MAX];
  struct covering covering = {.folder = existing};
  ssize_t length = readlink("/proc/self/exe", covering.self, sizeof covering.self - 1);
  if (length < 0) fail_tool("cannot find this program");
  covering.self[length] = 0;
  /* First of all: what is opened before belongs to the namespace that is left here, and cannot be bound. */
  if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
    fail_tool("cannot make a mount namespace");
  char plugins_path[PATH_MAX];
  int plugins = open_in_distro(folder->rootfs, folder->plugins, plugins_path);
  int covered = open_existing(folder->path, existing);
  covering.is_place = strcmp(existing, folder->path) == 0;
  covering.plugins = plugins_path;

  if (mount("windlass", existing, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") < 0)
    fail_tool("cannot mount on '%s'", existing);
  for_each_name(covered, carry_over_other, &covering);
  make_folder(folder->path);
  fill(folder, covering.self, plugins);
  if (mount(NULL, existing, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) < 0)
    fail_tool("cannot make '%s' read-only", existing);
}
