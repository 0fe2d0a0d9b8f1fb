/*
 * What dockerd starts for each published port, in place of docker-proxy, with the same arguments and
 * descriptors:
 *
 *   port-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80
 * [-use-listen-fd]
 *
 * It asks, through the agent, for the port on the user's machine, and tells dockerd the answer on
 * descriptor 3. Its connection to the agent is the port: when this process ends, however it does, the port is
 * closed. Clients inside the engine's own network (containers on the host network, or that call their
 * gateway's address) are served by the real docker-proxy. This process becomes it when the first of them
 * comes, which most never see: it has a twentieth of its memory and starts ten times as quickly.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define AGENT_SOCKET "/run/windlass/ports.sock"
#define REAL_PROXY "/usr/sbin/docker-proxy"
#define PATIENCE_SECONDS 14 /* dockerd itself waits for 16 s */
#define TEXT(number) #number
#define SECONDS(number) TEXT(number)
enum {
  STATUS = 3,   /* where dockerd waits for "0\n", or "1\n" and a text */
  LISTENER = 4, /* the socket that dockerd has bound, with -use-listen-fd */
  LINE_BYTES = 512,
  ANSWER_BYTES = 4096,
};

static const char *value_of(char **arguments, const char *name) {
  for (char **each = arguments; each[0] && each[1]; each++)
    if (!strcmp(each[0], name)) return each[1];
  return "";
}

static void fail(const char *problem) {
  dprintf(STATUS, "1\nCannot publish the port: %s", problem);
  exit(1);
}

static void become_docker_proxy(char **arguments) {
  execv(REAL_PROXY, arguments);
  _exit(1);
}

static int connect_agent(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = AGENT_SOCKET};
  struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
  int agent = socket(AF_UNIX, SOCK_STREAM, 0);
  if (agent < 0 || connect(agent, (struct sockaddr *)&address, sizeof address))
    fail("the agent of Windlass does not listen");
  setsockopt(agent, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return agent;
}

static void ask(int agent, char **arguments) {
  char line[LINE_BYTES];
  int length = snprintf(line, sizeof line, "publish %s %s %s %s %s\n", value_of(arguments, "-proto"),
                        value_of(arguments, "-host-ip"), value_of(arguments, "-host-port"),
                        value_of(arguments, "-container-ip"), value_of(arguments, "-container-port"));
  if (length >= (int)sizeof line || send(agent, line, length, MSG_NOSIGNAL) != length)
    fail("the agent of Windlass does not take the request");
}

/* Passes the answer on as it is; ends here if that is a refusal. */
static void pass_on_answer(int agent) {
  char answer[ANSWER_BYTES];
  size_t length = 0;
  while (length < sizeof answer) {
    ssize_t count = read(agent, answer + length, sizeof answer - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      fail("Windlass has not answered for " SECONDS(PATIENCE_SECONDS) " s. The machine may be "
			"overloaded: try again; if that fails, too, 'windlass logs' says why, and 'windlass restart' helps");
    if (count == 0) break;
    length += count;
    if (length >= 2 && !memcmp(answer, "0\n", 2)) {
      if (write(STATUS, answer, 2) != 2) exit(1);
      close(STATUS);
      return;
    }
  }
  if (length < 2) fail("Windlass has hung up");
  for (size_t done = 0; done < length;) {
    ssize_t count = write(STATUS, answer + done, length - done);
    if (count < 0) break;
    done += count;
  }
  exit(1);
}

static int has_listener(char **arguments) {
  for (; *arguments; arguments++)
    if (!strcmp(*arguments, "-use-listen-fd")) return 1;
  return 0;
}

int main(int count, char **arguments) {
  (void)count;
  /* The machine's side knows TCP and UDP; what else there is stays inside the engine's network. */
  const char *protocol = value_of(arguments, "-proto");
  if (strcmp(protocol, "tcp") && strcmp(protocol, "udp")) become_docker_proxy(arguments);

  int agent = connect_agent();
  ask(agent, arguments);
  pass_on_answer(agent);

  if (!has_listener(arguments))
    for (;;) pause();
  struct pollfd client = {.fd = LISTENER, .events = POLLIN};
  while (poll(&client, 1, -1) < 0 && errno == EINTR) {
  }
  /* dockerd has read its status long ago; the descriptor only has to stay open. */
  int nowhere = open("/dev/null", O_WRONLY);
  if (nowhere != STATUS && nowhere >= 0) {
    dup2(nowhere, STATUS);
    close(nowhere);
  }
  /* The connection to the agent stays open across this, and so does the port. */
  become_docker_proxy(arguments);
}
