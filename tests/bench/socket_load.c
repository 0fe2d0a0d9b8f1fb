/*
 * A Docker client that needs as little CPU time as it can, so that it is not what is measured.
 *
 *   socket-load SOCKET trips COUNT         microseconds of each ping on one connection, one a line
 *   socket-load SOCKET requests COUNT PATH   the same with another request
 *   socket-load SOCKET connections COUNT   the same, each ping on a connection of its own, from `connect` on
 *   socket-load SOCKET down EXEC BYTES     MB/s of the output of an exec that is started
 *   socket-load SOCKET up EXEC BYTES       MB/s of the input of an exec, until it has written a line, which
 * is written to stderr
 *
 * Whatever is not the expected answer ends it with an error: a refused request is a fast one.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { PIECE_BYTES = 65536, WARM_UP_TRIPS = 20 };

static const char *path;
static char piece[PIECE_BYTES];

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
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  int connection = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(connection, (struct sockaddr *)&address, sizeof address)) die("connect");
  return connection;
}

static void send_all(int connection, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(connection, bytes, length, MSG_NOSIGNAL);
    if (sent <= 0) die("send");
    bytes += sent;
    length -= sent;
  }
}

/* Reads until the head of an answer has come, checks its status, and returns how many bytes came in all. */
static size_t receive_head(int connection, char *answer, size_t space, const char *status) {
  size_t length = 0;
  do {
    ssize_t count = recv(connection, answer + length, space - 1 - length, 0);
    if (count <= 0) die("recv");
    length += count;
    answer[length] = 0;
  } while (!strstr(answer, "\r\n\r\n") && length < space - 1);
  if (strncmp(answer + 9, status, 3)) {
    fprintf(stderr, "unexpected answer: %s\n", answer);
    exit(1);
  }
  return length;
}

static void ping(int connection) {
  static const char request[] = "GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n";
  char answer[4096];
  send_all(connection, request, sizeof request - 1);
  size_t length = receive_head(connection, answer, sizeof answer, "200");
  while (memcmp(answer + length - 6, "\r\n\r\nOK", 6)) {
    ssize_t count = recv(connection, answer + length, sizeof answer - length, 0);
    if (count <= 0) die("recv");
    length += count;
  }
}

static void time_trips(long count) {
  int connection = open_connection();
  for (int index = 0; index < WARM_UP_TRIPS; index++) ping(connection);
  for (long index = 0; index < count; index++) {
    double begun = now();
    ping(connection);
    printf("%.1f\n", (now() - begun) * 1e6);
  }
}

static void time_connections(long count) {
  for (long index = 0; index < count; index++) {
    double begun = now();
    int connection = open_connection();
    ping(connection);
    printf("%.1f\n", (now() - begun) * 1e6);
    close(connection);
  }
}

/* Whether the answer is whole: it has a length, or chunks of which the last one is empty. */
static int is_whole(const char *answer, size_t length) {
  const char *body = strstr(answer, "\r\n\r\n") + 4;
  size_t head = body - answer;
  const char *field = strcasestr(answer, "\r\ncontent-length:");
  if (field && field < body) return length - head >= (size_t)atol(strchr(field, ':') + 1);
  return length >= 5 && !memcmp(answer + length - 5, "0\r\n\r\n", 5);
}

static void get(int connection, const char *target) {
  char request[256];
  int size = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: docker\r\n\r\n", target);
  send_all(connection, request, size);
  size_t length = receive_head(connection, piece, sizeof piece, "200");
  while (!is_whole(piece, length)) {
    ssize_t count = recv(connection, piece + length, sizeof piece - 1 - length, 0);
    if (count <= 0) die("recv");
    length += count;
    piece[length] = 0;
  }
}

static void time_requests(long count, const char *target) {
  int connection = open_connection();
  for (int index = 0; index < WARM_UP_TRIPS; index++) get(connection, target);
  for (long index = 0; index < count; index++) {
    double begun = now();
    get(connection, target);
    printf("%.1f\n", (now() - begun) * 1e6);
  }
}

/* Returns how many bytes of the stream came with the answer. */
static long start_exec(int connection, const char *exec) {
  static const char body[] = "{\"Detach\":false,\"Tty\":false}";
  char text[4096];
  int length = snprintf(text, sizeof text,
                        "POST /exec/%s/start HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\n"
                        "Upgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                        exec, sizeof body - 1, body);
  send_all(connection, text, length);
  size_t received = receive_head(connection, text, sizeof text, "101");
  return text + received - (strstr(text, "\r\n\r\n") + 4);
}

static void time_down(const char *exec, long bytes) {
  int connection = open_connection();
  long received = start_exec(connection, exec);
  double begun = now();
  while (received < bytes) {
    ssize_t count = recv(connection, piece, sizeof piece, 0);
    if (count <= 0) die("recv");
    received += count;
  }
  printf("%.2f\n", bytes / (now() - begun) / 1e6);
}

static void time_up(const char *exec, long bytes) {
  int connection = open_connection();
  start_exec(connection, exec);
  double begun = now();
  for (long left = bytes; left > 0; left -= sizeof piece)
    send_all(connection, piece, left < (long)sizeof piece ? left : (long)sizeof piece);
  if (shutdown(connection, SHUT_WR)) die("shutdown");
  ssize_t count;
  do {
    count = recv(connection, piece, sizeof piece, 0);
    if (count <= 0) die("recv");
    fwrite(piece, 1, count, stderr);
  } while (piece[count - 1] != '\n');
  printf("%.2f\n", bytes / (now() - begun) / 1e6);
}

int main(int count, char **words) {
  if (count < 4) return 2;
  path = words[1];
  if (!strcmp(words[2], "trips"))
    time_trips(atol(words[3]));
  else if (!strcmp(words[2], "connections"))
    time_connections(atol(words[3]));
  else if (count == 5 && !strcmp(words[2], "requests"))
    time_requests(atol(words[3]), words[4]);
  else if (count == 5 && !strcmp(words[2], "down"))
    time_down(words[3], atol(words[4]));
  else if (count == 5 && !strcmp(words[2], "up"))
    time_up(words[3], atol(words[4]));
  else
    return 2;
  return 0;
}
