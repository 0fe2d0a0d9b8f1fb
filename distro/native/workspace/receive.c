#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <poll.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "descriptor.h"
#include "workspace.h"

/* A distro that has to boot first takes some seconds; the start that waits for the root gives up earlier. */
#define SENDER_MILLISECONDS 120000

static int listen_at(const char *path) {
  struct sockaddr_un address = address_of(path);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  mode_t before = umask(0177);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
      listen(listener, 1) < 0)
    fail_by_errno("listen at", path);
  umask(before);
  return listener;
}

/* The next that connects as root. Others cannot reach the socket; this holds even if its folder were open. */
static int accept_root(int listener, const char *path) {
  for (;;) {
    struct pollfd sender = {.fd = listener, .events = POLLIN};
    int ready = poll(&sender, 1, SENDER_MILLISECONDS);
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) fail("no-sender", "Cannot take a file tree at '%s': nobody has come with one", path);
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) fail_by_errno("take a file tree at", path);
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == 0)
      return connection;
    close(connection);
  }
}

int run_receive(const struct options *options) {
  require_root();
  const char *at = require_option("at", options->at), *path = require_option("socket", options->socket);
  int listener = listen_at(path);
  report_step("socket", path, "listening", NULL);
  int connection = accept_root(listener, path);
  unlink(path);
  int tree = receive_descriptor(connection);
  if (tree < 0) fail("no-sender", "Cannot take a file tree at '%s': what came is not one", path);
  if (move_mount(tree, "", AT_FDCWD, at, MOVE_MOUNT_F_EMPTY_PATH) < 0)
    fail_by_errno("attach the file tree at", at);
  if (send(connection, "a", 1, MSG_NOSIGNAL) != 1) {
    /* The sender has gone meanwhile: its distro may stop at any moment. */
    umount2(at, MNT_DETACH);
    fail("no-sender", "Cannot attach the file tree at '%s': its distro has ended", at);
  }
  report_step("root", at, "attached", NULL);
  return 0;
}
