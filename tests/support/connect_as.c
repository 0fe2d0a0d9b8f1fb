/* connect-as UID SOCKET: connects as that user, waits for an answer, and prints how many bytes of it have
 * come. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int count, char **words) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (count != 3 || strlen(words[2]) >= sizeof address.sun_path) return 2;
  strcpy(address.sun_path, words[2]);
  int connection = socket(AF_UNIX, SOCK_STREAM, 0);
  char answer;
  if (setuid((uid_t)atoi(words[1])) < 0 ||
      connect(connection, (struct sockaddr *)&address, sizeof address) < 0)
    return 1;
  printf("%zd\n", read(connection, &answer, 1));
  return 0;
}
