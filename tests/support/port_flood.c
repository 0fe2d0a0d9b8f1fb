/*
 * Opens TCP connections and keeps them: port-flood ADDRESS PORT COUNT [TEXT]. Sends the text on each, reads
 * nothing, prints how many were taken, and then stays. Needs no rights; runs in containers.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count != 4 && count != 5) return 2;
  const char *text = count == 5 ? arguments[4] : "";
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[2]))};
  if (inet_pton(AF_INET, arguments[1], &address.sin_addr) != 1) return 2;
  int opened = 0;
  for (int left = atoi(arguments[3]); left > 0; left--) {
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) == 0) {
      opened++;
      send(connection, text, strlen(text), MSG_NOSIGNAL);
    } else
      close(connection);
  }
  printf("%d\n", opened);
  fflush(stdout);
  for (;;) pause();
}
