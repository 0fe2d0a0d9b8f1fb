#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interop.h"
#include "native.h"

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#define TREE_RECURSIVE 0x8000    /* AT_RECURSIVE, which older headers lack */
#define MOVE_FROM_DESCRIPTOR 0x4 /* MOVE_MOUNT_F_EMPTY_PATH */

/* Longest plan the service may send; a real one is about 4 KiB. */
#define PLAN_BYTES_MAX (256u << 10)

struct options {
  const char *socket;
  const char *vm;
  const char *rootfs;
  const char *boot;
  const char *drive;
  const char *drive_root;
  const char *program;
  bool interop;
};

static struct options parse_options(int count, char **words) {
  struct options options = {.drive = "/"};
  for (int i = 0; i + 1 < count; i += 2) {
    const char *name = words[i], *value = words[i + 1];
    if (strcmp(name, "--socket") == 0)
      options.socket = value;
    else if (strcmp(name, "--vm") == 0)
      options.vm = value;
    else if (strcmp(name, "--rootfs") == 0)
      options.rootfs = value;
    else if (strcmp(name, "--boot") == 0)
      options.boot = value;
    else if (strcmp(name, "--drive") == 0)
      options.drive = value;
    else if (strcmp(name, "--drive-root") == 0)
      options.drive_root = value;
    else if (strcmp(name, "--program") == 0)
      options.program = value;
    else if (strcmp(name, "--interop") == 0)
      options.interop = strcmp(value, "on") == 0;
  }
  return options;
}

/* Not before the process that interop runs programs from has been started: those are the machine's. */
static void join_cgroups(int count, char **words) {
  for (int i = 0; i + 1 < count; i += 2)
    if (strcmp(words[i], "--cgroup") == 0) join_cgroup(words[i + 1]);
}

/* What the machine's variables say is for interop alone; pid 1 shows its own to the whole distro. */
static void wipe_environment(void) {
  for (char **variable = environ; variable && *variable; variable++) memset(*variable, 0, strlen(*variable));
  clearenv();
}

/* Reads the plan: lines on stdin up to one that says "end". The stream stays open, its end is our end. */
static char *read_plan(void) {
  char *plan = allocate(PLAN_BYTES_MAX + 1);
  size_t size = 0;
  for (;;) {
    if (size == PLAN_BYTES_MAX || !read_fully(STDIN_FILENO, plan + size, 1)) {
      errno = EPROTO;
      fail("read the mount plan");
    }
    size++;
    if (size >= 4 && memcmp(plan + size - 4, "end\n", 4) == 0 && (size == 4 || plan[size - 5] == '\n')) {
      plan[size - 4] = 0;
      return plan;
    }
  }
}

static int listen_at(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    fail_at("listen on '%s'", path);
  }
  strcpy(address.sun_path, path);
  unlink(path);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
      chmod(path, 0600) < 0 || listen(listener, 128) < 0)
    fail_at("listen on '%s'", path);
  return listener;
}

static int open_tree_at(const char *path, unsigned flags) {
  int tree = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | O_CLOEXEC | flags);
  if (tree < 0) fail_at("open the file system at '%s'", path);
  return tree;
}

static void enter(const char *vm, const char *name, int type) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%s/ns/%s", vm, name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || setns(fd, type) < 0) fail_at("enter the shared %s namespace", name);
  close(fd);
}

struct trees {
  int host;
  int program;
};

/*
 * Leaves the host: afterwards this process is in the shared network and cgroup namespaces and in a mount
 * namespace copied from the shared one, with the distro's root at /root. The copy is made by the kernel in
 * one step, so a mount that another distro makes under /mnt/wsl at this very moment is never missed. Returns
 * detached copies: of the host's own tree, or of the part that is drive C, for /mnt/c, and of this program
 * for /init.
 */
static struct trees enter_shared(const struct options *options) {
  int network_of_vm, cgroup_of_vm;
  char path[64];
  snprintf(path, sizeof path, "/proc/%s/ns/net", options->vm);
  network_of_vm = open(path, O_RDONLY | O_CLOEXEC);
  snprintf(path, sizeof path, "/proc/%s/ns/cgroup", options->vm);
  cgroup_of_vm = open(path, O_RDONLY | O_CLOEXEC);
  if (network_of_vm < 0 || cgroup_of_vm < 0) fail("open the shared namespaces");
  /* A throwaway namespace whose mounts follow the host's but never lead back to it. */
  if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
    fail("leave the mounts of the host");
  struct trees trees = {.host = open_tree_at(options->drive, TREE_RECURSIVE),
                        .program = open_tree_at(options->program, 0)};
  int rootfs = open_tree_at(options->rootfs, 0);
  enter(options->vm, "mnt", CLONE_NEWNS);
  if (setns(network_of_vm, CLONE_NEWNET) < 0 || setns(cgroup_of_vm, CLONE_NEWCGROUP) < 0)
    fail("enter the shared namespaces");
  close(network_of_vm);
  close(cgroup_of_vm);
  if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS) < 0)
    fail("make the namespaces of the distro");
  if (syscall(SYS_move_mount, rootfs, "", AT_FDCWD, "/root", MOVE_FROM_DESCRIPTOR) < 0)
    fail("attach the root of the distro");
  close(rootfs);
  return trees;
}

/* Makes /root the root; the shared root stays reachable at /proc until the plan releases it. */
static void enter_root(void) {
  if (mount(NULL, "/root", NULL, MS_PRIVATE, NULL) < 0 || chdir("/root") < 0)
    fail("enter the root of the distro");
  if (mkdir("proc", 0555) < 0 && errno != EEXIST) fail("make the folder /proc");
  if (syscall(SYS_pivot_root, ".", "proc") < 0 || chdir("/") < 0) fail("enter the root of the distro");
}

/* Waits for the end of pid 1 or of the service, whichever is first; the second ends the first. */
static void watch(pid_t init) {
  int watcher = (int)syscall(SYS_pidfd_open, init, 0);
  struct pollfd watched[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = watcher, .events = POLLIN}};
  for (;;) {
    if (poll(watched, 2, -1) < 0 && errno != EINTR) fail("watch the distro");
    if (watched[1].revents) break;
    char ignored[256];
    if (watched[0].revents && read(STDIN_FILENO, ignored, sizeof ignored) <= 0) break;
  }
  kill(init, SIGKILL);
  int status;
  while (waitpid(init, &status, 0) < 0 && errno == EINTR);
}

/*
 * distro --socket PATH --vm PID --rootfs DIR --program FILE [--drive DIR] [--drive-root DIR] [--interop on]
 * [--boot COMMAND] [--cgroup DIR]...: starts one distro from the plan on stdin; FILE is this program. Says
 * "pid N" and, when launches can be taken on the socket, "ready"; later "launched" for each launch, "busy"
 * and "idle". Ends with its stdin, or when pid 1 of the distro ends; then every process of the distro is
 * gone.
 */
int run_distro(int count, char **words) {
  prctl(PR_SET_NAME, "windlass-distro");
  signal(SIGPIPE, SIG_IGN);
  struct options options = parse_options(count, words);
  if (!options.socket || !options.vm || !options.rootfs || !options.program) return 2;
  char *plan = read_plan();
  struct interop interop = {
      .drive_root = options.drive_root, .drive = options.drive, .rootfs = options.rootfs};
  struct interop_server server = {.control = -1};
  if (options.interop && options.drive_root) server = start_interop(&interop);
  wipe_environment();
  join_cgroups(count, words);
  int listener = listen_at(options.socket);
  int lifeline[2], nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  struct trees trees = enter_shared(&options);
  if (pipe2(lifeline, O_CLOEXEC) < 0) fail("make a pipe");
  pid_t init = fork();
  if (init < 0) fail("start pid 1 of the distro");
  if (init > 0) {
    close(listener);
    close(trees.host);
    close(trees.program);
    close(lifeline[0]);
    say("pid %d\n", (int)init);
    watch(init);
    stop_interop(server);
    return 0;
  }

  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, "init");
  close(lifeline[1]);
  dup2(nothing, STDIN_FILENO);
  setsid();
  enter_root();
  run_plan(plan, trees.host);
  place_init(trees.program);
  if (server.control >= 0) open_interop_socket(server.control);
  reset_attributes();
  const char *boot = options.boot ? strdup(options.boot) : NULL;
  for (int i = 0; i < count; i++)
    memset(words[i], 0,
           strlen(words[i])); /* paths of the host are of no use in the guest's list of processes */
  run_init(listener, lifeline[0], boot);
}
