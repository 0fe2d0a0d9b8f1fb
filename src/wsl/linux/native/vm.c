#define _GNU_SOURCE
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native.h"

static void raise_loopback(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq request = {.ifr_flags = IFF_UP | IFF_RUNNING};
  strcpy(request.ifr_name, "lo");
  if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0) fail("raise the loopback interface");
  close(fd);
}

/*
 * A root of two empty folders and nothing of the host, so that the shared part never keeps a disk of the host
 * busy: /wsl is what distros see as /mnt/wsl, shared so that mounts made by one appear in all; /root is where
 * each distro attaches its own root.
 */
static void build_root(const char *place) {
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) fail("make mounts private");
  if (mount("windlass-vm", place, "tmpfs", MS_NOSUID, "mode=0755,size=64k") < 0)
    fail_at("mount a file system on '%s'", place);
  if (chdir(place) < 0 || mkdir("wsl", 0755) < 0 || mkdir("root", 0755) < 0 || mkdir("old", 0700) < 0)
    fail("make the folders of the shared root");
  if (mount("none", "wsl", "tmpfs", 0, "mode=1777") < 0 || mount(NULL, "wsl", NULL, MS_SHARED, NULL) < 0)
    fail("mount the file system of /mnt/wsl");
  if (syscall(SYS_pivot_root, ".", "old") < 0 || chdir("/") < 0) fail("enter the shared root");
  if (umount2("/old", MNT_DETACH) < 0 || rmdir("/old") < 0) fail("leave the file systems of the host");
}

/*
 * vm PLACE ROOT-CGROUPS... -- LEAF-CGROUPS...: becomes the holder of the shared namespaces, says "ready", and
 * lives until its stdin ends. The cgroup namespace is rooted at the ROOT-CGROUPS; the holder itself then
 * steps into the LEAF-CGROUPS, because a v2 cgroup with processes cannot give controllers to its children.
 */
int run_vm(int count, char **words) {
  if (count < 1) return 2;
  prctl(PR_SET_NAME, "windlass-vm");
  signal(SIGPIPE, SIG_IGN);
  int next = 1;
  for (; next < count && strcmp(words[next], "--") != 0; next++) join_cgroup(words[next]);
  if (unshare(CLONE_NEWCGROUP | CLONE_NEWNET | CLONE_NEWNS) < 0) fail("make the shared namespaces");
  for (next++; next < count; next++) join_cgroup(words[next]);
  raise_loopback();
  build_root(words[0]);
  say("ready\n");
  char ignored[256];
  while (read(STDIN_FILENO, ignored, sizeof ignored) > 0);
  return 0;
}
