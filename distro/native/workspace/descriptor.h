/* Passing one descriptor over a unix socket. */
#ifndef WORKSPACE_DESCRIPTOR_H
#define WORKSPACE_DESCRIPTOR_H

#include <stdbool.h>
#include <sys/un.h>

/* A socket's address; ends with an error for a path that is too long. */
struct sockaddr_un address_of(const char *path);
bool send_descriptor(int connection, int descriptor);
/* Takes exactly one; any other message gives -1. */
int receive_descriptor(int connection);

#endif
