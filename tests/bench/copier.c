/*
 * Both ends of a chain of byte copiers: what a relay over one `wsl` process could reach that does nothing
 * else.
 *
 *   copier listen unix PATH COUNT COMMAND...    accepts COUNT connections on a socket
 *   copier listen tcp PORT COUNT COMMAND...     the same on a port of 127.0.0.1
 *   copier connect unix PATH                    connects stdin and stdout to a socket
 *   copier connect tcp ADDRESS PORT             the same with a port
 *
 * Each connection is accepted by a process of its own, which copies to and from its own COMMAND: a `wsl` that
 * runs `copier connect`. That writes one byte when it is connected; when all have, `listen` prints "ready".
 * At its end, each process writes "cpu SECONDS" to stderr: what it has used since it was ready.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUFFER_BYTES = 65536 };

/* Bytes on their way from one descriptor to another; `from` and `to` are -1 once they are closed. */
struct direction {
  int from, to;
  size_t begin, end;
  char buffer[BUFFER_BYTES];
};

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void check(int result, const char *what) {
  if (result < 0) die(what);
}

/* Seconds of CPU time of a process with one thread, even after its end while nobody has waited for it. */
static double cpu_seconds(pid_t process) {
  char path[64];
  double nanoseconds = 0;
  snprintf(path, sizeof path, "/proc/%d/schedstat", process);
  FILE *file = fopen(path, "r");
  if (!file || fscanf(file, "%lf", &nanoseconds) != 1) die(path);
  fclose(file);
  return nanoseconds / 1e9;
}

static void make_nonblocking(int descriptor) {
  check(fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK), "fcntl");
}

/* The end of one direction. A socket stays open for the other one. */
static void end_writing(int descriptor) {
  if (shutdown(descriptor, SHUT_WR) < 0) close(descriptor);
}

/* Reads once if the buffer is empty, and writes what it takes. */
static void advance(struct direction *way) {
  if (way->begin == way->end) {
    ssize_t count = read(way->from, way->buffer, BUFFER_BYTES);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      end_writing(way->to);
      way->from = -1;
      return;
    }
    way->begin = 0;
    way->end = count;
  }
  ssize_t count = write(way->to, way->buffer + way->begin, way->end - way->begin);
  if (count < 0 && errno != EAGAIN) way->from = -1; /* The reader is gone. */
  if (count > 0) way->begin += count;
}

/* Copies in both directions until both have ended. */
static void copy(int in, int out, int socket) {
  static struct direction ways[2];
  ways[0].from = in, ways[0].to = socket;
  ways[1].from = socket, ways[1].to = out;
  make_nonblocking(in);
  make_nonblocking(out);
  make_nonblocking(socket);
  while (ways[0].from >= 0 || ways[1].from >= 0) {
    struct pollfd polled[2];
    for (int index = 0; index < 2; index++) {
      struct direction *way = &ways[index];
      int is_full = way->begin < way->end;
      polled[index].fd = way->from < 0 ? -1 : is_full ? way->to : way->from;
      polled[index].events = is_full ? POLLOUT : POLLIN;
    }
    check(poll(polled, 2, -1), "poll");
    for (int index = 0; index < 2; index++)
      if (ways[index].from >= 0 && polled[index].revents) advance(&ways[index]);
  }
}

static socklen_t unix_address(struct sockaddr_un *address, const char *path) {
  address->sun_family = AF_UNIX;
  strncpy(address->sun_path, path, sizeof address->sun_path - 1);
  return sizeof *address;
}

static socklen_t tcp_address(struct sockaddr_in *address, const char *host, const char *port) {
  address->sin_family = AF_INET;
  address->sin_port = htons(atoi(port));
  if (inet_pton(AF_INET, host, &address->sin_addr) != 1) die(host);
  return sizeof *address;
}

/* Small messages must not wait for the answer to the ones before; a unix socket has no such wait to switch
 * off. */
static int without_delay(int connection) {
  int yes = 1;
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return connection;
}

static int run_connect(char **words) {
  int is_unix = !strcmp(words[0], "unix");
  struct sockaddr_un path = {0};
  struct sockaddr_in port = {0};
  socklen_t length = is_unix ? unix_address(&path, words[1]) : tcp_address(&port, words[1], words[2]);
  int connection = socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
  check(connect(connection, is_unix ? (struct sockaddr *)&path : (struct sockaddr *)&port, length),
        "connect");
  check(write(STDOUT_FILENO, "+", 1), "write");
  double used = cpu_seconds(getpid());
  copy(STDIN_FILENO, STDOUT_FILENO, without_delay(connection));
  fprintf(stderr, "cpu %.6f\n", cpu_seconds(getpid()) - used);
  return 0;
}

static int open_listener(char **words, int count) {
  int is_unix = !strcmp(words[0], "unix"), yes = 1;
  struct sockaddr_un path = {0};
  struct sockaddr_in port = {0};
  socklen_t length = is_unix ? unix_address(&path, words[1]) : tcp_address(&port, "127.0.0.1", words[1]);
  int listener = socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (!is_unix) setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  check(bind(listener, is_unix ? (struct sockaddr *)&path : (struct sockaddr *)&port, length), "bind");
  check(listen(listener, count), "listen");
  return listener;
}

/* One connection, with a command of its own; `ready` gets a byte when the command is connected. */
static void serve_one(int listener, int ready, char **command) {
  int to[2], from[2];
  char byte;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC)) die("pipe");
  pid_t child = fork();
  check(child, "fork");
  if (child == 0) {
    dup2(to[0], STDIN_FILENO);
    dup2(from[1], STDOUT_FILENO);
    execvp(command[0], command);
    die(command[0]);
  }
  close(to[0]);
  close(from[1]);
  if (read(from[0], &byte, 1) != 1) die("read from the command");
  double used = cpu_seconds(getpid()) + cpu_seconds(child);
  check(write(ready, &byte, 1), "write");
  int connection = accept(listener, NULL, NULL);
  check(connection, "accept");
  close(listener);
  copy(from[0], to[1], without_delay(connection));
  siginfo_t ended;
  check(waitid(P_PID, child, &ended, WEXITED | WNOWAIT), "waitid");
  fprintf(stderr, "cpu %.6f\n", cpu_seconds(getpid()) + cpu_seconds(child) - used);
  exit(0);
}

static int run_listen(char **words) {
  int count = atoi(words[2]), ready[2];
  char byte;
  int listener = open_listener(words, count);
  /* A session of its own, as the host has: a busy machine shares its processors between sessions. */
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  check(pipe2(ready, O_CLOEXEC), "pipe");
  for (int index = 0; index < count; index++) {
    pid_t child = fork();
    check(child, "fork");
    if (child == 0) serve_one(listener, ready[1], words + 3);
  }
  close(ready[1]);
  close(listener);
  for (int index = 0; index < count; index++)
    if (read(ready[0], &byte, 1) != 1) die("read from a connection");
  puts("ready");
  fflush(stdout);
  while (wait(NULL) > 0 || errno == EINTR) continue;
  return 0;
}

int main(int count, char **words) {
  signal(SIGPIPE, SIG_IGN);
  if (count >= 6 && !strcmp(words[1], "listen")) return run_listen(words + 2);
  if (count >= 4 && !strcmp(words[1], "connect")) return run_connect(words + 2);
  return 2;
}
