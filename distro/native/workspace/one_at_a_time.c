#include "one_at_a_time.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "workspace.h"

void wait_for_turn(void) {
  /* A folder that every distro has, and that is not ours to make. The descriptor stays open. */
  int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  while (folder < 0 || flock(folder, LOCK_EX) < 0)
    if (errno != EINTR) fail_by_errno("wait for another change of this distro; its folder is", "/");
}
