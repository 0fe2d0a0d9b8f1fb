#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native.h"

/*
 * Soft limit of open files for guests: what many daemons expect, and what tools that close every number bear.
 */
#define GUEST_OPEN_FILES 10240
/* Hard limit of open files: the kernel's own default for what one process may ever have. */
#define GUEST_OPEN_FILES_MAX (1u << 20)
#define STACK_BYTES (8u << 20)
#define LOCKED_BYTES (8u << 20)
#define QUEUE_BYTES 819200
#define WHO_PROCESS 1 /* IOPRIO_WHO_PROCESS, which has no header */

struct limit {
  int resource;
  struct rlimit value;
};

/* What the kernel and systemd give a service that asks for nothing. */
static const struct limit LIMITS[] = {
    {RLIMIT_NOFILE, {GUEST_OPEN_FILES, GUEST_OPEN_FILES_MAX}},
    {RLIMIT_CORE, {0, RLIM_INFINITY}},
    {RLIMIT_NPROC, {RLIM_INFINITY, RLIM_INFINITY}},
    {RLIMIT_AS, {RLIM_INFINITY, RLIM_INFINITY}},
    {RLIMIT_CPU, {RLIM_INFINITY, RLIM_INFINITY}},
    {RLIMIT_DATA, {RLIM_INFINITY, RLIM_INFINITY}},
    {RLIMIT_FSIZE, {RLIM_INFINITY, RLIM_INFINITY}},
    {RLIMIT_LOCKS, {RLIM_INFINITY, RLIM_INFINITY}},
    {RLIMIT_RSS, {RLIM_INFINITY, RLIM_INFINITY}},
    {RLIMIT_RTTIME, {RLIM_INFINITY, RLIM_INFINITY}},
    {RLIMIT_STACK, {STACK_BYTES, RLIM_INFINITY}},
    {RLIMIT_MEMLOCK, {LOCKED_BYTES, LOCKED_BYTES}},
    {RLIMIT_MSGQUEUE, {QUEUE_BYTES, QUEUE_BYTES}},
    {RLIMIT_NICE, {0, 0}},
    {RLIMIT_RTPRIO, {0, 0}},
};

/* Without CAP_SYS_RESOURCE, as in many containers, no hard limit can be raised; then as much as it allows. */
static void set_limit(const struct limit *limit) {
  struct rlimit now;
  if (setrlimit(limit->resource, &limit->value) == 0 || getrlimit(limit->resource, &now) < 0) return;
  now.rlim_cur = limit->value.rlim_cur < now.rlim_max ? limit->value.rlim_cur : now.rlim_max;
  setrlimit(limit->resource, &now);
}

static void write_text(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (write(fd, text, strlen(text)) < 0) {
    /* A kernel that refuses keeps what it has. */
  }
  close(fd);
}

/*
 * Takes off what this process has from the starter of the first distro, a shell or a service with limits of
 * its own: a distro lives longer than that, and all that runs in it would have the same. What the kernel
 * refuses stays.
 */
void reset_attributes(void) {
  for (size_t i = 0; i < sizeof LIMITS / sizeof *LIMITS; i++) set_limit(&LIMITS[i]);
  struct sched_param none = {0};
  sched_setscheduler(0, SCHED_OTHER, &none);
  setpriority(PRIO_PROCESS, 0, 0);
  syscall(SYS_ioprio_set, WHO_PROCESS, 0, 0);
  cpu_set_t all;
  memset(&all, 0xff, sizeof all); /* the kernel takes those that there are */
  sched_setaffinity(0, sizeof all, &all);
  write_text("/proc/self/oom_score_adj", "0");
  personality(PER_LINUX);
  umask(022);
}
