/*
 * The program that starts when the executable is run on Linux: finds itself and the home folder, sees that
 * the runtime and the program are unpacked, and becomes the runtime. Arguments, standard streams, signals,
 * process id and exit code stay the user's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../component_names.h"
#include "linux.h"
#include "../runtime_arguments.h"

static int read_at(void *context, uint64_t offset, void *buffer, size_t length) {
  int file = *(const int *)context;
  for (char *next = buffer; length > 0;) {
    ssize_t taken = pread(file, next, length, (off_t)offset);
    if (taken < 0 && errno == EINTR) continue;
    if (taken <= 0) return -1;
    next += taken, length -= (size_t)taken, offset += (uint64_t)taken;
  }
  return 0;
}

struct reader executable_reader(const struct executable *executable) {
  return (struct reader){(void *)&executable->file, read_at};
}

/* A caller may have closed them; a component's file would then get the number of stderr. */
static void require_standard_streams(void) {
  for (int stream = 0; stream <= 2; stream++) {
    if (fcntl(stream, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDWR) < 0) _exit(EXIT_FAILURE);
  }
}

static void open_executable(struct executable *executable) {
  struct stat status;
  ssize_t length = readlink("/proc/self/exe", executable->path, sizeof executable->path - 1);
  if (length < 0) {
    fail(WL_EXECUTABLE_UNREADABLE, "Cannot find the executable by '/proc/self/exe': %s", strerror(errno));
  }
  executable->path[length] = 0;
  executable->file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (executable->file < 0 || fstat(executable->file, &status)) {
    fail(WL_EXECUTABLE_UNREADABLE, "Cannot read '%s': %s", executable->path, strerror(errno));
  }
  const char *state =
      payload_read(&executable->payload, executable_reader(executable), (uint64_t)status.st_size);
  if (state) fail(WL_EXECUTABLE_CORRUPT, "Cannot start '%s': %s", executable->path, state);
}

static void require_component(const struct executable *executable, const char *name) {
  const struct component *component = payload_find(&executable->payload, name);
  if (component && component->flags & COMPONENT_UNPACK) return;
  fail(WL_EXECUTABLE_CORRUPT, "Cannot start '%s': component '%s' is missing", executable->path, name);
}

static void set(const char *name, const char *value) {
  if (setenv(name, value, 1)) fail(WL_OUT_OF_MEMORY, "Cannot start Windlass: no memory is left");
}

/*
 * The runtime does not start in a working folder that has been removed and has no path any more. It starts in
 * the root, and the open folder is passed to a program that is to run where the user is.
 */
static void require_working_folder(void) {
  static char path[PATH_BYTES];
  char number[16];
  unsetenv("WINDLASS_FOLDER");
  if (getcwd(path, sizeof path) || errno == ERANGE) return;
  int folder = open(".", O_PATH | O_DIRECTORY);
  snprintf(number, sizeof number, "%d", folder);
  if (folder >= 0) set("WINDLASS_FOLDER", number);
  if (chdir("/")) _exit(EXIT_FAILURE);
}

static void set_environment(const struct executable *executable, const struct store *store,
                            const struct version *version) {
  char cache[PATH_BYTES];
  const struct component *helper = payload_find(version->payload, WSL_HELPER_COMPONENT);
  snprintf(cache, sizeof cache, "%s/deno", store->home);
  guard_environment();
  set("WINDLASS_EXECUTABLE", executable->path);
  set("WINDLASS_VERSION_ID", version->id);
  if (version->trial)
    set("WINDLASS_TRIAL", "1");
  else
    unsetenv("WINDLASS_TRIAL"); /* a host on trial starts commands, which run another version */
  set("DENO_DIR", cache);
  set("DENO_NO_UPDATE_CHECK", "1");
  /* One damaged certificate of the machine would keep the runtime from any connection: the program reads
   * them. */
  set("DENO_TLS_CA_STORE", "mozilla");
  if (helper && helper->flags & COMPONENT_UNPACK)
    set("WINDLASS_WSL_HELPER", store_path(store, helper));
  else
    unsetenv("WINDLASS_WSL_HELPER"); /* it names a program */
}

/* Does not return. */
static void become_runtime(const struct payload *payload, const struct store *store, int argc, char **argv) {
  const struct component *imports = payload_find(payload, APP_IMPORTS_COMPONENT);
  const char *runtime = store_path(store, payload_find(payload, DENO_COMPONENT));
  const char *app = store_path(store, payload_find(payload, APP_COMPONENT));
#define AS_ELEMENT(text) text,
  char *const fixed[] = {RUNTIME_ARGUMENTS(AS_ELEMENT)};
#undef AS_ELEMENT
  enum { FIXED_COUNT = sizeof fixed / sizeof *fixed + 2 }; /* those, the map and the program */
  const int given = argc > 0 ? argc - 1 : 0;
  char **arguments = calloc((size_t)(FIXED_COUNT + given + 1), sizeof *arguments), **next = arguments, *map;
  if (!arguments) fail(WL_OUT_OF_MEMORY, "Cannot start Windlass: no memory is left");
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) *next++ = fixed[i];
  if (imports && imports->flags & COMPONENT_UNPACK) {
    if (asprintf(&map, "--import-map=%s", store_path(store, imports)) < 0) {
      fail(WL_OUT_OF_MEMORY, "Cannot start Windlass: no memory is left");
    }
    *next++ = map;
  }
  *next++ = (char *)app;
  for (int i = 0; i < given; i++) *next++ = argv[1 + i];
  execv(runtime, arguments);
  fail(WL_RUNTIME_NOT_STARTED, "Cannot run '%s': %s", runtime, strerror(errno));
}

int main(int argc, char **argv) {
  static struct executable executable;
  static struct store store;
  static struct version version;
  require_standard_streams();
  require_working_folder();
  open_executable(&executable);
  require_component(&executable, DENO_COMPONENT);
  require_component(&executable, APP_COMPONENT);
  store_open(&store, find_home());
  choose_version(&store, &executable, argc > 1 && strcmp(argv[1], "host") == 0, &version);
  set_environment(&executable, &store, &version);
  become_runtime(version.payload, &store, argc, argv);
}
