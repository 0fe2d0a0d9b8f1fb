#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients.h"
#include "interop.h"
#include "plan.h"
#include "socket_link.h"
#include "text.h"

/* Below the shared folder: the engine's own programs, which need its libraries. */
#define LOADER "%s/usr/lib64/ld-linux-x86-64.so.2"
#define LIBRARIES "%s/usr/lib/x86_64-linux-gnu"

static const struct {
  const char *name;
  const char *program;
} PROGRAMS[] = {
    {"docker", "%s/usr/bin/docker"},
    {"docker-compose", "%s/usr/libexec/docker/cli-plugins/docker-compose"},
    {"docker-buildx", "%s/usr/libexec/docker/cli-plugins/docker-buildx"},
};

enum { PROGRAM_COUNT = sizeof PROGRAMS / sizeof *PROGRAMS };

void give_up(const char *format, ...) {
  va_list values;
  va_start(values, format);
  fputs("windlass: ", stderr);
  vfprintf(stderr, format, values);
  fputc('\n', stderr);
  va_end(values);
  exit(EXIT_OF_CLIENT);
}

bool is_client(const char *name) {
  if (strcmp(name, "windlass") == 0) return true;
  for (int i = 0; i < PROGRAM_COUNT; i++)
    if (strcmp(name, PROGRAMS[i].name) == 0) return true;
  return false;
}

/* While the engine's folder is missing, any user of any distro can make one of its name, with programs in it.
 */
bool has_engines_program(const struct configuration *configuration, const char *program) {
  struct stat state;
  bool is_roots = lstat(configuration->shared, &state) == 0 && S_ISDIR(state.st_mode) && state.st_uid == 0 &&
                  !(state.st_mode & (S_IWGRP | S_IWOTH));
  return is_roots && access(program, X_OK) == 0;
}

static struct configuration read_configuration(void) {
  FILE *file = fopen(CONFIGURATION_PATH, "re");
  if (!file)
    give_up("cannot read '" CONFIGURATION_PATH "': %s. Run 'windlass workspace enable' in Windows.",
            strerror(errno));
  struct configuration configuration = {0};
  const struct {
    const char *name;
    char **value;
  } members[] = {{"shared=", &configuration.shared},
                 {"socket=", &configuration.socket},
                 {"executable=", &configuration.executable},
                 {"home=", &configuration.home}};
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, file) >= 0) {
    line[strcspn(line, "\n")] = 0;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
      size_t length = strlen(members[i].name);
      if (strncmp(line, members[i].name, length) == 0) *members[i].value = copy_string(line + length);
    }
  }
  free(line);
  fclose(file);
  if (!configuration.shared || !configuration.socket || !configuration.executable)
    give_up("'" CONFIGURATION_PATH "' is not complete. Run 'windlass workspace enable' in Windows.");
  return configuration;
}

/*
 * The programs are linked with the engine's C library, which this distro may not have: the engine's loader
 * runs them. It uses neither this distro's cache of libraries nor libraries to preload, which belong to
 * another C library.
 */
static void become_program(const char *shared, const char *program, char **words) {
  size_t count = 0;
  while (words[count]) count++;
  char *loader = format_string(LOADER, shared);
  char *const options[] = {loader,         "--inhibit-cache", "--argv0",
                           words[0],       "--library-path",  format_string(LIBRARIES, shared),
                           (char *)program};
  enum { OPTION_COUNT = sizeof options / sizeof *options };
  char **all = allocate((OPTION_COUNT + count) * sizeof *all);
  memcpy(all, options, sizeof options);
  memcpy(all + OPTION_COUNT, words + 1, count * sizeof *words); /* with the NULL at the end */
  unsetenv("LD_PRELOAD");
  execv(loader, all);
  give_up("cannot run '%s': %s", program, strerror(errno));
}

static void become_windlass(const struct configuration *configuration, char **words) {
  set_home(configuration);
  words[0] = configuration->executable;
  become_windows_program(configuration->executable, words);
  if (!has_interop())
    give_up(
        "this distro cannot start Windows programs. Run 'windlass' in Windows, or switch [interop] on in "
        "/etc/wsl.conf.");
  give_up("cannot run '%s': %s", configuration->executable, strerror(errno));
}

void run_client(const char *name, char **words) {
  struct configuration configuration = read_configuration();
  if (strcmp(name, "windlass") == 0) become_windlass(&configuration, words);
  int index = 0;
  while (strcmp(PROGRAMS[index].name, name) != 0) index++;
  char *program = format_string(PROGRAMS[index].program, configuration.shared);
  struct command command = read_command(words, configuration.socket);
  bool is_ours = command.choice != ENGINE_OF_USER;
  bool has_program = has_engines_program(&configuration, program);
  if (!has_program && command.need == NEEDS_NOTHING) exit(EXIT_OF_CLIENT);
  if (!has_program || (is_ours && command.need == NEEDS_ENGINE && !listens(configuration.socket)))
    wake(&configuration, program);
  if (command.choice == ENGINE_OURS_BY_VARIABLE)
    setenv("DOCKER_HOST", format_string("unix://%s", configuration.socket), 1);
  become_program(configuration.shared, program, words);
  exit(EXIT_OF_CLIENT);
}
