#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "distro_facts.h"
#include "placing.h"
#include "snippets.h"
#include "text.h"

#define WINDLASS_PATH "/usr/local/bin/windlass"
#define COMPOSE_PATH "/usr/local/bin/docker-compose"
#define PLUGIN_FOLDER "/usr/local/lib/docker/cli-plugins"
#define PROGRAM_MODE 0755
#define FILE_MODE 0644
/* docker writes some 15 KB a shell. */
#define COMPLETION_BYTES_MAX (1 << 20)

/* A plan that grows at its end. */
struct plan {
  struct planned *first;
  struct planned **end;
};

static struct planned *plan(struct plan *all, const char *path) {
  struct planned *planned = allocate(sizeof *planned);
  planned->path = path;
  *all->end = planned;
  all->end = &planned->next;
  return planned;
}

static void plan_file(struct plan *all, const char *path, struct text content) {
  struct planned *planned = plan(all, path);
  planned->bytes = content.bytes;
  planned->size = content.length;
  planned->mode = FILE_MODE;
}

/* This program itself, as it runs. */
static struct text own_program_bytes(void) {
  int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  struct stat state;
  if (file < 0 || fstat(file, &state) < 0) fail_by_errno("read the program", "/proc/self/exe");
  char *bytes = mmap(NULL, (size_t)state.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  if (bytes == MAP_FAILED) fail_by_errno("read the program", "/proc/self/exe");
  close(file);
  return (struct text){.bytes = bytes, .length = (size_t)state.st_size};
}

static struct text configuration(const struct options *options) {
  struct text text = {0};
  add(&text, "shared=");
  add(&text, options->shared);
  add(&text, "\nsocket=");
  add(&text, options->socket);
  add(&text, "\nexecutable=");
  add(&text, options->executable);
  if (options->home) add(&text, "\nhome=");
  if (options->home) add(&text, options->home);
  add(&text, "\n");
  return text;
}

static void plan_program(struct plan *all, const char *path, struct text program, const char *instead) {
  struct planned *planned = plan(all, path);
  planned->bytes = program.bytes;
  planned->size = program.length;
  planned->mode = PROGRAM_MODE;
  planned->instead = instead;
}

static void plan_link(struct plan *all, const char *path, const char *instead) {
  struct planned *planned = plan(all, path);
  planned->target = DOCKER_PATH;
  planned->instead = instead;
}

/* The engine image has them, as its docker writes them. */
static void plan_completion(struct plan *all, const char *shared, const char *shell, const char *path) {
  char *source = format_string("%s/usr/lib/windlass/completions/docker.%s", shared, shell);
  struct text script = {0};
  script.bytes = read_file(source, COMPLETION_BYTES_MAX, &script.length);
  if (!script.bytes) fail_by_errno("read the completions", source);
  free(source);
  plan_file(all, path, script);
}

static void plan_completions(struct plan *all, const char *shared) {
  /* The script for bash calls functions of the package bash-completion. */
  if (has_folder("/usr/share/bash-completion"))
    plan_completion(all, shared, "bash", "/usr/local/share/bash-completion/completions/docker");
  if (has_program("zsh")) plan_completion(all, shared, "zsh", "/usr/local/share/zsh/site-functions/_docker");
  if (has_folder("/etc/fish")) plan_completion(all, shared, "fish", "/etc/fish/completions/docker.fish");
}

/* What makes the socket known after a restart of the distro. */
static void plan_startup(struct plan *all, const char *socket) {
  if (has_program("systemd-tmpfiles") || has_folder("/usr/lib/tmpfiles.d") || has_folder("/etc/tmpfiles.d"))
    plan_file(all, "/etc/tmpfiles.d/windlass.conf", tmpfiles_snippet(socket));
  if (has_folder("/etc/profile.d")) plan_file(all, "/etc/profile.d/windlass.sh", shell_snippet(socket));
  if (has_folder("/etc/fish")) plan_file(all, "/etc/fish/conf.d/windlass.fish", fish_snippet(socket));
}

struct planned *plan_files(const struct options *options) {
  struct plan all = {0};
  all.end = &all.first;
  struct text program = own_program_bytes();
  plan_file(&all, CONFIGURATION_PATH, configuration(options));
  plan_program(&all, WINDLASS_PATH, program, NULL);
  /* A user with a docker of their own has chosen its plugins as well. */
  const char *docker = own_program("docker", DOCKER_PATH);
  plan_program(&all, DOCKER_PATH, program, docker);
  const char *const plugins[] = {"docker-compose", "docker-buildx"};
  for (size_t i = 0; i < sizeof plugins / sizeof *plugins; i++) {
    const char *path = format_string(PLUGIN_FOLDER "/%s", plugins[i]);
    plan_link(&all, path, docker ? docker : own_plugin(plugins[i], path));
  }
  plan_link(&all, COMPOSE_PATH, docker ? docker : own_program("docker-compose", COMPOSE_PATH));
  plan_startup(&all, options->socket);
  if (!docker) plan_completions(&all, options->shared);
  return all.first;
}
