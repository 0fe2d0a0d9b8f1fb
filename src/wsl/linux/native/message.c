#define _GNU_SOURCE
#include "message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native.h"

#define DESCRIPTORS_MAX 4

bool send_with_descriptors(int socket, const void *bytes, size_t size, const int *descriptors, int count) {
  union {
    char bytes[CMSG_SPACE(sizeof(int) * DESCRIPTORS_MAX)];
    struct cmsghdr aligned;
  } control;
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

  memset(&control, 0, sizeof control);
  if (count > 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
    memcpy(CMSG_DATA(header), descriptors, sizeof(int) * (size_t)count);
  }
  ssize_t sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent < 0) return false;
  return write_fully(socket, (const char *)bytes + sent, size - (size_t)sent);
}

int receive_with_descriptors(int socket, void *bytes, size_t size, int *descriptors, int most) {
  union {
    char bytes[CMSG_SPACE(sizeof(int) * DESCRIPTORS_MAX)];
    struct cmsghdr aligned;
  } control;
  struct iovec part = {.iov_base = bytes, .iov_len = size};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
  ssize_t received;
  do received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (received < 0 && errno == EINTR);
  if (received <= 0) return -1;

  int count = 0;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
    count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    if (count > most) return -1;
    memcpy(descriptors, CMSG_DATA(header), sizeof(int) * (size_t)count);
  }
  if (!read_fully(socket, (char *)bytes + received, size - (size_t)received)) return -1;
  return count;
}
