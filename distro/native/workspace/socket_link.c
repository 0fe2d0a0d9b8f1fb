#include "socket_link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "distro_facts.h"
#include "folders.h"
#include "manifest.h"
#include "placing.h"
#include "workspace.h"

const char *const *socket_paths(void) {
  static const char *const one[] = {RUN_SOCKET, NULL}, *const both[] = {RUN_SOCKET, VAR_RUN_SOCKET, NULL};
  return has_folder("/var/run") && !is_same_folder("/run", "/var/run") ? both : one;
}

bool listens(const char *socket_path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(socket_path) >= sizeof address.sun_path) return false;
  strcpy(address.sun_path, socket_path);
  int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (client < 0) return false;
  /* EAGAIN: it has more clients than it has taken so far. EACCES: it is for another user, who may start it.
   */
  bool answers = connect(client, (struct sockaddr *)&address, sizeof address) == 0 || errno == EAGAIN ||
                 errno == EACCES || errno == EPERM;
  close(client);
  return answers;
}

const char *socket_state(const char *path, const char *shared) {
  struct found found;
  if (!examine(path, &found)) return "foreign";
  if (found.kind == FOUND_NOTHING) return "missing";
  bool is_ours = found.kind == FOUND_LINK && is_below(found.target, shared);
  free(found.target);
  return is_ours ? "ours" : listens(path) ? "engine" : "foreign";
}

static void make_socket_link(const char *path, const char *socket, const char *shared) {
  const char *state = socket_state(path, shared);
  bool is_ours = strcmp(state, "ours") == 0;
  struct found found;
  if (is_ours && examine(path, &found)) {
    bool is_current = found.kind == FOUND_LINK && strcmp(found.target, socket) == 0;
    free(found.target);
    if (is_current) {
      report_step("link", path, "kept", NULL);
      return;
    }
  }
  if (!is_ours && strcmp(state, "missing") != 0) {
    report_step("link", path, "skipped", state);
    return;
  }
  if (place_link_only(path, socket, is_ours ? INSTEAD_OF_OURS : INSTEAD_OF_NOTHING)) {
    report_step("link", path, "placed", NULL);
    return;
  }
  const char *why = errno == EEXIST ? "foreign" : code_of_errno(errno);
  if (strcmp(why, "disk-full") == 0 || strcmp(why, "failed") == 0) fail_by_errno("make the link", path);
  report_step("link", path, "skipped", why);
}

void make_socket_links(const char *socket, const char *shared) {
  for (const char *const *path = socket_paths(); *path; path++) make_socket_link(*path, socket, shared);
}

void remove_socket_links(const char *shared, struct text *removed) {
  for (const char *const *path = socket_paths(); *path; path++) {
    if (strcmp(socket_state(*path, shared), "ours") != 0) continue;
    if (!remove_placed(*path)) continue;
    if (removed->bytes[removed->length - 1] != '[') add(removed, ",");
    add_json(removed, *path);
  }
}

char *shared_of(const char *socket) {
  char *shared = copy_string(socket);
  for (int level = 0; level < 2; level++) {
    char *slash = strrchr(shared, '/');
    if (!slash || slash == shared)
      fail("usage", "Cannot run: '%s' is not a socket of the shared folder", socket);
    *slash = 0;
  }
  return shared;
}

int run_link(const struct options *options) {
  require_root();
  const char *socket = require_option("socket", options->socket);
  make_socket_links(socket, shared_of(socket));
  return 0;
}
