/*
 * attach_streams STREAMS PROGRAM ARGUMENT...: prints a TCP port of this machine, takes the connections of the
 * streams whose bits are set in STREAMS (1 stdin, 2 stdout, 4 stderr; each begins with a byte that is its
 * number), and becomes PROGRAM with them as its own. The bytes of a call thus pass no other process.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_on_loopback(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 3) < 0 ||
      getsockname(listener, (struct sockaddr *)&address, &size) < 0) {
    perror("attach_streams: listen");
    exit(120);
  }
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

int main(int count, char **words) {
  if (count < 3) return 2;
  int streams = atoi(words[1]), listener = listen_on_loopback(), taken[3] = {-1, -1, -1};
  for (int missing = __builtin_popcount((unsigned)streams & 7); missing > 0; missing--) {
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC), yes = 1;
    unsigned char number;
    if (connection < 0 || read(connection, &number, 1) != 1 || number > 2) {
      perror("attach_streams: accept");
      return 120;
    }
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    taken[number] = connection;
  }
  /* Without a handle for input nothing feeds the guest's, and nothing ends it. */
  int held[2];
  if (taken[0] < 0 && pipe(held) == 0) taken[0] = held[0];
  for (int number = 0; number < 3; number++)
    if (taken[number] >= 0) dup2(taken[number], number);
  execv(words[2], words + 2);
  perror("attach_streams: exec");
  return 120;
}
