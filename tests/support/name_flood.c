/*
 * Floods a name server, to be run in a container: name_flood ADDRESS udp QUESTIONS_A_SECOND SECONDS, or
 * name_flood ADDRESS tcp CONNECTIONS SECONDS. Questions are for names that begin with "lost". Connections are
 * held to the end; each has one question, so that the server has something to do. Prints how many it has
 * made.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const unsigned char QUESTION[] =
    "\1\2\1\0\0\1\0\0\0\0\0\0\4lost\4test\0\0\1\0"; /* and the last byte, 1 */

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
  if (count != 5) return 2;
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(53)};
  if (inet_pton(AF_INET, arguments[1], &server.sin_addr) != 1) return 2;
  const int is_udp = strcmp(arguments[2], "udp") == 0;
  const int wanted = atoi(arguments[3]);
  const double seconds = atof(arguments[4]), begun = now();

  unsigned char frame[2 + sizeof QUESTION];
  frame[0] = 0;
  frame[1] = sizeof QUESTION;
  memcpy(frame + 2, QUESTION, sizeof QUESTION);
  frame[sizeof frame - 1] = 1;

  struct rlimit limit = {65536, 65536};
  setrlimit(RLIMIT_NOFILE, &limit);
  int made = 0;
  int socket_udp = socket(AF_INET, SOCK_DGRAM, 0);
  while (now() - begun < seconds) {
    const int due = is_udp ? (int)((now() - begun) * wanted) : wanted;
    if (made >= due) {
      usleep(1000);
      continue;
    }
    if (is_udp) {
      frame[3] = made; /* another id */
      sendto(socket_udp, frame + 2, sizeof frame - 2, MSG_DONTWAIT, (struct sockaddr *)&server,
             sizeof server);
    } else {
      int connection = socket(AF_INET, SOCK_STREAM, 0);
      if (connection < 0 || connect(connection, (struct sockaddr *)&server, sizeof server) < 0) break;
      if (write(connection, frame, sizeof frame) < 0) close(connection);
    }
    made++;
  }
  printf("%d\n", made);
  return 0;
}
