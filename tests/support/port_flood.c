/*
 * Opens TCP connections and keeps them: port-flood ADDRESS PORT COUNT. Prints how many were taken, and then
 * stays. Needs no rights; runs in containers.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count != 4) return 2;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[2]))};
  if (inet_pton(AF_INET, arguments[1], &address.sin_addr) != 1) return 2;
  int opened = 0;
  for (int left = atoi(arguments[3]); left > 0; left--) {
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) == 0)
      opened++;
    else
      close(connection);
  }
  printf("%d\n", opened);
  fflush(stdout);
  for (;;) pause();
}
