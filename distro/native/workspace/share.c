#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "descriptor.h"
#include "workspace.h"

/* The engine answers at once or is gone; its own limit for a container's start is larger. */
#define ANSWER_SECONDS 15

/* The distro's whole tree as a mount that is nowhere yet. What the engine mounts in it does not come back
 * here. */
static int clone_root(void) {
  int tree = open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
  if (tree < 0) fail_by_errno("share the file tree", "/");
  struct mount_attr attributes = {.propagation = MS_SLAVE};
  if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes) < 0)
    fail_by_errno("share the file tree", "/");
  return tree;
}

static void hand_over(const char *path, int tree) {
  struct sockaddr_un address = address_of(path);
  int engine = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (engine < 0 || connect(engine, (struct sockaddr *)&address, sizeof address) < 0)
    fail("no-engine", "Cannot reach the engine at '%s': %s", path, strerror(errno));
  struct timeval limit = {.tv_sec = ANSWER_SECONDS};
  setsockopt(engine, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  char answer;
  if (!send_descriptor(engine, tree) || recv(engine, &answer, 1, 0) != 1)
    fail("no-engine", "Cannot hand the file tree to the engine: it has not taken it");
  close(engine);
}

int run_share(const struct options *options) {
  require_root();
  const char *to = require_option("to", options->to);
  int tree = clone_root();
  hand_over(to, tree);
  close(tree);
  static struct text line;
  add(&line, "{");
  add_member(&line, "step", "shared");
  add(&line, "}");
  report(&line);
  /* As long as this process lives, WSL does not stop the distro. */
  char ignored[256];
  ssize_t count;
  do count = read(STDIN_FILENO, ignored, sizeof ignored);
  while (count > 0 || (count < 0 && errno == EINTR));
  return 0;
}
