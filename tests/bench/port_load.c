/*
 * Puts load on the http service of port_service.c and prints one number.
 *
 *   port-load ADDRESS PORT keep THREADS SECONDS    requests a second, each thread on one connection
 *   port-load ADDRESS PORT new THREADS SECONDS     requests a second, each on a connection of its own
 *   port-load ADDRESS PORT down THREADS BYTES      MB/s that all threads together download
 *   port-load ADDRESS PORT up THREADS BYTES        MB/s that all threads together upload
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in address;
static const char *mode;
static double seconds;
static long bytes;
static atomic_long requests;
static char zeros[262144];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int open_connection(void) {
  int yes = 1, connection = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(connection, (struct sockaddr *)&address, sizeof address)) die("connect");
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return connection;
}

static void send_all(int connection, const char *text, size_t length) {
  while (length > 0) {
    ssize_t sent = send(connection, text, length, MSG_NOSIGNAL);
    if (sent <= 0) die("send");
    text += sent;
    length -= sent;
  }
}

/* One request and its answer of a few bytes. */
static void ask(int connection) {
  char answer[1024];
  size_t length = 0;
  send_all(connection, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
  do {
    ssize_t count = recv(connection, answer + length, sizeof answer - length, 0);
    if (count <= 0) die("recv");
    length += count;
  } while (length < 6 || memcmp(answer + length - 6, "hello\n", 6));
  requests++;
}

static void receive(int connection, long wanted) {
  static _Thread_local char piece[262144];
  while (wanted > 0) {
    ssize_t count = recv(connection, piece, sizeof piece, 0);
    if (count <= 0) die("recv");
    wanted -= count;
  }
}

static void *run(void *nothing) {
  (void)nothing;
  char head[128];
  double end = now() + seconds;
  int connection = -1;
  if (!strcmp(mode, "new"))
    while (now() < end) {
      connection = open_connection();
      ask(connection);
      close(connection);
    }
  else if (!strcmp(mode, "keep")) {
    connection = open_connection();
    while (now() < end) ask(connection);
  } else if (!strcmp(mode, "down")) {
    connection = open_connection();
    send_all(connection, head, snprintf(head, sizeof head, "GET /bytes/%ld HTTP/1.1\r\n\r\n", bytes));
    receive(connection, bytes);
  } else {
    connection = open_connection();
    send_all(connection, head,
             snprintf(head, sizeof head, "POST / HTTP/1.1\r\nContent-Length: %ld\r\n\r\n", bytes));
    for (long left = bytes; left > 0; left -= sizeof zeros)
      send_all(connection, zeros, left < (long)sizeof zeros ? left : (long)sizeof zeros);
    receive(connection, 1);
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 6) return 2;
  address.sin_family = AF_INET;
  inet_pton(AF_INET, arguments[1], &address.sin_addr);
  address.sin_port = htons(atoi(arguments[2]));
  mode = arguments[3];
  int threads = atoi(arguments[4]);
  seconds = atof(arguments[5]);
  bytes = atol(arguments[5]);
  pthread_t running[threads];
  double begun = now();
  for (int index = 0; index < threads; index++) pthread_create(&running[index], NULL, run, NULL);
  for (int index = 0; index < threads; index++) pthread_join(running[index], NULL);
  double took = now() - begun;
  if (requests > 0)
    printf("%.0f\n", requests / took);
  else
    printf("%.1f\n", bytes * (double)threads / took / 1e6);
}
