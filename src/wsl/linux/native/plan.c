#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "native.h"

#define FIELDS_MAX 8
#define MOVE_FROM_DESCRIPTOR 0x4 /* MOVE_MOUNT_F_EMPTY_PATH */

static void make_folders(const char *path, mode_t mode) {
  char partial[PATH_MAX];
  snprintf(partial, sizeof partial, "%s", path);
  for (char *slash = strchr(partial + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    if (mkdir(partial, 0755) < 0 && errno != EEXIST) fail_at("make the folder '%s'", partial);
    *slash = '/';
  }
  if (mkdir(partial, mode) < 0 && errno != EEXIST) fail_at("make the folder '%s'", partial);
}

static unsigned long mount_flags(char *names) {
  static const struct {
    const char *name;
    unsigned long flag;
  } known[] = {
      {"ro", MS_RDONLY},     {"nosuid", MS_NOSUID},   {"nodev", MS_NODEV},
      {"noexec", MS_NOEXEC}, {"noatime", MS_NOATIME},
  };
  unsigned long flags = 0;
  for (char *name = strtok(names, ","); name; name = strtok(NULL, ","))
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
      if (strcmp(name, known[i].name) == 0) flags |= known[i].flag;
  return flags;
}

static void write_file(const char *path, mode_t mode, char *text) {
  char *out = text;
  for (char *in = text; *in; in++) /* "\n" and "\\" are the only escapes */
    *out++ = in[0] == '\\' ? (*++in == 'n' ? '\n' : *in) : *in;
  unlink(path);
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0 || !write_fully(fd, text, (size_t)(out - text))) fail_at("write '%s'", path);
  close(fd);
}

static void make_node(char **field) {
  mode_t mode = (mode_t)strtoul(field[1], NULL, 8) | (field[0][0] == 'b' ? S_IFBLK : S_IFCHR);
  dev_t device = makedev((unsigned)atoi(field[2]), (unsigned)atoi(field[3]));
  if (mknod(field[4], mode, device) < 0 || chmod(field[4], mode & 07777) < 0)
    fail_at("make the device '%s'", field[4]);
}

static void attach_host_tree(int tree, const char *target) {
  if (syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_FROM_DESCRIPTOR) < 0 ||
      mount(NULL, target, NULL, MS_REC | MS_SLAVE, NULL) < 0)
    fail_at("attach the host's files at '%s'", target);
}

/*
 * Unmounts all that is mounted there, so that nobody finds it in the list of mounts, and covers what lies
 * beneath.
 */
static void hide_folder(const char *path) {
  while (umount2(path, MNT_DETACH) == 0);
  if (errno != EINVAL && errno != ENOENT) fail_at("unmount '%s'", path);
  unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (mount("hidden", path, "tmpfs", flags, "mode=0555,size=4k") < 0 && errno != ENOENT)
    fail_at("hide '%s'", path);
}

static void run_step(char **field, int count, int host_tree) {
  const char *verb = field[0];
  if (strcmp(verb, "folder") == 0 && count == 3) {
    make_folders(field[2], (mode_t)strtoul(field[1], NULL, 8));
  } else if (strcmp(verb, "mount") == 0 && count == 5) {
    if (mount(field[1], field[2], field[1], mount_flags(field[3]), field[4]) < 0)
      fail_at("mount '%s' on '%s'", field[1], field[2]);
  } else if (strcmp(verb, "bind") == 0 && count == 3) {
    if (mount(field[1], field[2], NULL, MS_BIND | MS_REC, NULL) < 0)
      fail_at("bind '%s' on '%s'", field[1], field[2]);
  } else if (strcmp(verb, "share") == 0 && count == 2) {
    if (mount(NULL, field[1], NULL, MS_SHARED, NULL) < 0) fail_at("share the mounts of '%s'", field[1]);
  } else if (strcmp(verb, "host") == 0 && count == 2) {
    attach_host_tree(host_tree, field[1]);
  } else if (strcmp(verb, "release") == 0 && count == 2) {
    /* Private first: unmounting what is shared would take the mounts below it away from all other distros. */
    if (mount(NULL, field[1], NULL, MS_REC | MS_PRIVATE, NULL) < 0 || umount2(field[1], MNT_DETACH) < 0)
      fail_at("unmount '%s'", field[1]);
  } else if (strcmp(verb, "hide") == 0 && count == 2) {
    hide_folder(field[1]);
  } else if (strcmp(verb, "node") == 0 && count == 6) {
    make_node(field + 1);
  } else if (strcmp(verb, "link") == 0 && count == 3) {
    unlink(field[2]);
    if (symlink(field[1], field[2]) < 0) fail_at("link '%s'", field[2]);
  } else if (strcmp(verb, "unlink") == 0 && count == 3) {
    /* removes a link only while it points where we once let it point */
    char target[PATH_MAX] = "";
    if (readlink(field[2], target, sizeof target - 1) > 0 && strcmp(target, field[1]) == 0) unlink(field[2]);
  } else if (strcmp(verb, "file") == 0 && count == 4) {
    write_file(field[2], (mode_t)strtoul(field[1], NULL, 8), field[3]);
  } else if (strcmp(verb, "hostname") == 0 && count == 2) {
    if (sethostname(field[1], strlen(field[1])) < 0) fail_at("set the host name to '%s'", field[1]);
  } else {
    errno = EINVAL;
    fail_at("follow the plan at '%s'", verb);
  }
}

/*
 * One step a line, fields cut by tabs; what each verb means is documented beside its writer, mount_plan.ts.
 */
void run_plan(char *plan, int host_tree) {
  char *rest = plan, *line;
  while ((line = strsep(&rest, "\n"))) {
    char *field[FIELDS_MAX];
    int count = 0;
    char *cell;
    while (count < FIELDS_MAX && (cell = strsep(&line, "\t"))) field[count++] = cell;
    if (field[0][0]) run_step(field, count, host_tree);
  }
  close(host_tree);
}
