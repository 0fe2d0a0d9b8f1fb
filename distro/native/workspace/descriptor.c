#include "descriptor.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "workspace.h"

/* What travels with the descriptor. */
#define MARK 'd'

union control {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

struct sockaddr_un address_of(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path)
    fail("usage", "Cannot use '%s': the path is too long for a socket", path);
  strcpy(address.sun_path, path);
  return address;
}

bool send_descriptor(int connection, int descriptor) {
  char mark = MARK;
  struct iovec part = {.iov_base = &mark, .iov_len = 1};
  union control control = {0};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof descriptor);
  memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  ssize_t sent;
  do sent = sendmsg(connection, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == 1;
}

int receive_descriptor(int connection) {
  char mark = 0;
  struct iovec part = {.iov_base = &mark, .iov_len = 1};
  union control control = {0};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t count;
  do count = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
  while (count < 0 && errno == EINTR);
  struct cmsghdr *header = count == 1 ? CMSG_FIRSTHDR(&message) : NULL;
  /* More than one does not fit into the control data: the kernel has closed the rest. */
  if (!header || mark != MARK || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
      header->cmsg_len != CMSG_LEN(sizeof(int)))
    return -1;
  int descriptor;
  memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
  return descriptor;
}
