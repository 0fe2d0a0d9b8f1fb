#define _GNU_SOURCE
#include "outside.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native.h"

/* What a shell returns for a command that cannot be run. */
#define EXIT_CANNOT_RUN 126
/*
 * Tries of an open inside a root. The kernel gives one up that meets a ".." while anything on the machine is
 * renamed or mounted, which on a busy one happens to a few in a thousand.
 */
#define OPEN_TRIES 1000
/* Longest answer that a program may ask of its credential helper's stand-in: one sentence. */
#define MESSAGE_BYTES 4096

void fail_tool(const char *format, ...) {
  int reason = errno;
  char text[PATH_MAX + 256];
  va_list values;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  dprintf(STDERR_FILENO, "Cannot run the Docker CLI: %s: %s\n", text, strerror(reason));
  _exit(EXIT_CANNOT_RUN);
}

void join_path(char result[PATH_MAX], const char *folder, const char *name) {
  if (snprintf(result, PATH_MAX, "%s/%s", folder, name) < PATH_MAX) return;
  errno = ENAMETOOLONG;
  fail_tool("cannot use '%s'", folder);
}

/* The link's target; fails when it cannot be read. */
static void read_link(const char *path, char target[PATH_MAX]) {
  ssize_t length = readlink(path, target, PATH_MAX - 1);
  if (length < 0) fail_tool("cannot read '%s'", path);
  target[length] = 0;
}

int open_in_distro(const char *rootfs, const char *path, char real[PATH_MAX]) {
  int root = open(rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
  struct open_how how = {.flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
  int file = -1;
  for (int tries = 0; root >= 0 && file < 0 && tries < OPEN_TRIES; tries++) {
    file = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    if (file < 0 && errno != EAGAIN) break;
  }
  if (file < 0) fail_tool("cannot open '%s' in '%s'", path, rootfs);
  close(root);
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  read_link(link, real);
  return file;
}

bool read_interpreter(int file, char interpreter[PATH_MAX]) {
  Elf64_Ehdr header;
  if (pread(file, &header, sizeof header, 0) != sizeof header || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return false;
  for (unsigned i = 0; i < header.e_phnum; i++) {
    Elf64_Phdr part;
    off_t at = (off_t)(header.e_phoff + (Elf64_Off)i * header.e_phentsize);
    if (pread(file, &part, sizeof part, at) != sizeof part) return false;
    if (part.p_type != PT_INTERP || part.p_filesz >= PATH_MAX) continue;
    ssize_t length = pread(file, interpreter, part.p_filesz, (off_t)part.p_offset);
    if (length <= 0) return false;
    interpreter[length] = 0;
    return true;
  }
  return false;
}

/*
 * The distro's own loader runs the program with the distro's own C library, so the machine may have another
 * one, or none. The path goes by argument: a variable would reach the programs that this one starts. The
 * loader is run by a link with the name of the program, which is what `ps` and `pgrep` show.
 */
static void __attribute__((noreturn)) become(const char *folder, const char *name, const char *rootfs,
                                             const char *target, char **words) {
  char program[PATH_MAX], interpreter[PATH_MAX], loader[PATH_MAX], libraries[PATH_MAX], as[PATH_MAX],
      self[PATH_MAX];
  int file = open_in_distro(rootfs, target, program);
  join_path(self, folder, name);
  words[0] = self;
  if (!read_interpreter(file, interpreter)) {
    execv(program, words);
    fail_tool("cannot run '%s'", program);
  }
  close(open_in_distro(rootfs, interpreter, loader));
  strcpy(libraries, loader);
  *strrchr(libraries, '/') = 0;

  int count = 0;
  while (words[count]) count++;
  char *start[] = {self, "--inhibit-cache", "--library-path", libraries, "--argv0", self, program};
  size_t fixed = sizeof start / sizeof *start;
  char **all = allocate(sizeof(char *) * (fixed + (size_t)count + 1));
  memcpy(all, start, sizeof start);
  for (int i = 1; i < count; i++) all[fixed + (size_t)i - 1] = words[i];
  char loaders[PATH_MAX];
  join_path(loaders, folder, TOOL_STATE "/as");
  join_path(as, loaders, name);
  execv(as, all);
  fail_tool("cannot run '%s'", as);
}

/*
 * What a credential helper that is missing answers. Asked for a login it has none, so that public images can
 * be fetched; asked to keep or to remove one it refuses. Clients know "not found" by this exact text on
 * stdout.
 */
static void stand_in(const char *folder, const char *name, const char *action) {
  char path[PATH_MAX], message[MESSAGE_BYTES];
  char messages[PATH_MAX];
  join_path(messages, folder, TOOL_STATE "/messages");
  join_path(path, messages, name);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = file < 0 ? -1 : read(file, message, sizeof message);
  if (length < 0) fail_tool("cannot read '%s'", path);
  if (strcmp(action, "list") == 0) {
    write_fully(STDOUT_FILENO, "{}\n", 3);
    _exit(0);
  }
  if (strcmp(action, "get") == 0) {
    static const char none[] = "credentials not found in native keychain\n";
    write_fully(STDERR_FILENO, message, (size_t)length);
    write_fully(STDOUT_FILENO, none, sizeof none - 1);
  } else {
    write_fully(STDOUT_FILENO, message, (size_t)length);
  }
  _exit(1);
}

void run_tool(const char *folder, const char *name, char **words) {
  char path[PATH_MAX], rootfs[PATH_MAX], target[PATH_MAX];
  static const char stand_ins[] = "/" TOOL_STATE "/stand-ins";
  size_t length = strlen(folder), ending = sizeof stand_ins - 1;
  if (length > ending && strcmp(folder + length - ending, stand_ins) == 0) {
    char parent[PATH_MAX];
    snprintf(parent, sizeof parent, "%.*s", (int)(length - ending), folder);
    stand_in(parent, name, words[0] && words[1] ? words[1] : "");
  }
  join_path(path, folder, TOOL_STATE "/rootfs");
  read_link(path, rootfs);
  char targets[PATH_MAX];
  join_path(targets, folder, TOOL_STATE "/target");
  join_path(path, targets, name);
  read_link(path, target);
  become(folder, name, rootfs, target, words);
}
