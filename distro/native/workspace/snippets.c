#include "snippets.h"

#define HEADER "# Written by Windlass; 'windlass workspace disable' removes it.\n"

/* systemd-tmpfiles makes the link at boot, unless the path is taken by another engine's socket. */
struct text tmpfiles_snippet(const char *socket) {
  struct text text = {0};
  add(&text, HEADER "L /run/docker.sock - - - - ");
  for (; *socket; socket++) {
    add_bytes(&text, socket, 1);
    if (*socket == '%') add(&text, "%"); /* begins a specifier */
  }
  add(&text, "\n");
  return text;
}

/*
 * Without systemd the link is missing until Windlass has seen that the distro runs. A user who has chosen an
 * engine keeps it: by a variable, or by 'docker context use', which DOCKER_HOST would override.
 */
struct text shell_snippet(const char *socket) {
  struct text text = {0};
  add(&text, HEADER
      "if [ -z \"${DOCKER_HOST-}${DOCKER_CONTEXT-}\" ] && [ ! -e /var/run/docker.sock ] && [ ! -L /var/run/docker.sock ] &&\n"
      "  ! grep -qs '\"currentContext\"' \"${DOCKER_CONFIG:-${HOME-}/.docker}/config.json\"; then\n"
      "  DOCKER_HOST=");
  struct text url = {0};
  add(&url, "unix://");
  add(&url, socket);
  add_shell_word(&text, url.bytes);
  add(&text, "\n  export DOCKER_HOST\nfi\n");
  return text;
}

struct text fish_snippet(const char *socket) {
  struct text text = {0};
  add(&text, HEADER
      "set -l windlass_docker_config $HOME/.docker\n"
      "set -q DOCKER_CONFIG; and set windlass_docker_config $DOCKER_CONFIG\n"
      "if test -z \"$DOCKER_HOST$DOCKER_CONTEXT\" -a ! -e /var/run/docker.sock -a ! -L /var/run/docker.sock\n"
      "    and not grep -qs '\"currentContext\"' $windlass_docker_config/config.json\n"
      "    set -gx DOCKER_HOST ");
  struct text url = {0};
  add(&url, "unix://");
  add(&url, socket);
  add_shell_word(&text, url.bytes);
  add(&text, "\nend\n");
  return text;
}
