/*
 * A server for the tests of ports, with one argument for each port: http:80 echo:7 udp:53. All addresses,
 * both families.
 *
 *   http  GET /bytes/N answers N bytes; POST answers how many bytes came; anything else answers "hello".
 * Keep-alive. echo  sends back what comes; at the end of input it ends its own side. hold  takes connections,
 * reads nothing and never closes one. udp   sends each datagram back.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE = 262144, HEAD = 8192, STACK = 524288 };
static char zeros[PIECE];

static int send_all(int client, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(client, bytes, length, MSG_NOSIGNAL);
    if (sent <= 0) return 0;
    bytes += sent;
    length -= sent;
  }
  return 1;
}

static int answer(int client, long length, const char *body) {
  char head[128];
  int size = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %ld\r\n\r\n", length);
  if (body && size + length < (long)sizeof head) {
    memcpy(head + size, body, length);
    return send_all(client, head, size + length);
  }
  if (!send_all(client, head, size)) return 0;
  for (; length > 0; length -= PIECE)
    if (!send_all(client, zeros, length < PIECE ? length : PIECE)) return 0;
  return 1;
}

static long content_length(const char *head) {
  const char *field = strcasestr(head, "\ncontent-length:");
  return field ? atol(field + 16) : 0;
}

static void serve_http(int client) {
  char head[HEAD + 1], piece[65536], text[32];
  size_t length = 0;
  for (;;) {
    ssize_t count = recv(client, head + length, HEAD - length, 0);
    if (count <= 0) return;
    length += count;
    head[length] = 0;
    char *end = strstr(head, "\r\n\r\n");
    if (!end && length < HEAD) continue;
    if (!end) return;
    size_t used = end + 4 - head;
    long wanted = 0;
    int ok;
    if (!strncmp(head, "POST ", 5)) {
      long body = content_length(head), left = body - (long)(length - used);
      if (strcasestr(head, "100-continue")) send_all(client, "HTTP/1.1 100 Continue\r\n\r\n", 25);
      while (left > 0) {
        count = recv(client, piece, sizeof piece, 0);
        if (count <= 0) return;
        left -= count;
      }
      used = length;
      ok = answer(client, snprintf(text, sizeof text, "%ld", body), text);
    } else if (sscanf(head, "GET /bytes/%ld", &wanted) == 1)
      ok = answer(client, wanted, NULL);
    else
      ok = answer(client, 6, "hello\n");
    if (!ok) return;
    memmove(head, head + used, length - used);
    length -= used;
  }
}

static void serve_echo(int client) {
  char piece[65536];
  ssize_t count;
  while ((count = recv(client, piece, sizeof piece, 0)) > 0)
    if (!send_all(client, piece, count)) return;
  shutdown(client, SHUT_WR);
}

struct client {
  int socket;
  void (*serve)(int);
};

static void *serve_client(void *argument) {
  struct client client = *(struct client *)argument;
  free(argument);
  client.serve(client.socket);
  close(client.socket);
  return NULL;
}

static int open_port(const char *port, int type) {
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(atoi(port))};
  int yes = 1, both = 0, listener = socket(AF_INET6, type, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &both, sizeof both);
  if (bind(listener, (struct sockaddr *)&address, sizeof address)) {
    perror(port);
    exit(1);
  }
  return listener;
}

struct port {
  int listener;
  void (*serve)(int);
};

static void *accept_all(void *argument) {
  struct port *port = argument;
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, STACK);
  pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
  for (;;) {
    struct client *client = malloc(sizeof *client);
    pthread_t thread;
    int yes = 1;
    client->serve = port->serve;
    client->socket = accept(port->listener, NULL, NULL);
    if (client->socket < 0) continue;
    setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (pthread_create(&thread, &small, serve_client, client)) close(client->socket);
  }
  return NULL;
}

static void *hold_all(void *argument) {
  struct port *port = argument;
  for (;;) accept(port->listener, NULL, NULL);
  return NULL;
}

static void *echo_datagrams(void *argument) {
  struct port *port = argument;
  static char datagram[65536];
  for (;;) {
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    ssize_t length = recvfrom(port->listener, datagram, sizeof datagram, 0, (struct sockaddr *)&peer, &size);
    if (length >= 0) sendto(port->listener, datagram, length, 0, (struct sockaddr *)&peer, size);
  }
  return NULL;
}

int main(int count, char **arguments) {
  signal(SIGTERM, _exit);
  for (int index = 1; index < count; index++) {
    char *number = strchr(arguments[index], ':');
    if (!number) return 2;
    int is_udp = !strncmp(arguments[index], "udp", 3);
    struct port *port = malloc(sizeof *port);
    pthread_t thread;
    port->listener = open_port(number + 1, is_udp ? SOCK_DGRAM : SOCK_STREAM);
    port->serve = !strncmp(arguments[index], "http", 4) ? serve_http : serve_echo;
    if (!is_udp && listen(port->listener, 4096)) return 1;
    int holds = !strncmp(arguments[index], "hold", 4);
    pthread_create(&thread, NULL, is_udp ? echo_datagrams : holds ? hold_all : accept_all, port);
  }
  /* A container runs before its server listens: tests wait for this line. */
  if (write(STDOUT_FILENO, "ready\n", 6) != 6) return 1;
  for (;;) pause();
}
