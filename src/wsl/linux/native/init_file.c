#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "interop.h"
#include "native.h"

#define MOVE_FROM_DESCRIPTOR 0x4 /* MOVE_MOUNT_F_EMPTY_PATH */

static const char INIT[] = "/init";
static const char WSLPATH[] = "/bin/wslpath";

/*
 * The distro keeps an empty file /init and the link, as with the real one. One that has something else there
 * than a file, or no /bin, stays as it is.
 */
void place_init(int program_tree) {
  int file = open(INIT, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0755);
  struct stat found;
  bool usable = file >= 0 && fstat(file, &found) == 0 && S_ISREG(found.st_mode);
  if (file >= 0) close(file);
  if (usable) {
    if (syscall(SYS_move_mount, program_tree, "", AT_FDCWD, INIT, MOVE_FROM_DESCRIPTOR) < 0 ||
        mount(NULL, INIT, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) < 0)
      fail_at("mount '%s'", INIT);
    if (symlink(INIT, WSLPATH) < 0 && errno != EEXIST && errno != ENOENT && errno != ENOTDIR)
      fail_at("link '%s'", WSLPATH);
  }
  close(program_tree);
}
