#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients.h"
#include "workspace.h"

static const struct {
  const char *name;
  int (*run)(const struct options *options);
} VERBS[] = {
    {"whoami", run_whoami}, {"probe", run_probe}, {"enable", run_enable},   {"disable", run_disable},
    {"link", run_link},     {"share", run_share}, {"receive", run_receive},
};

int run_whoami(const struct options *options) {
  (void)options;
  struct text line = {0};
  add(&line, format_string("{\"uid\":%u,\"gid\":%u}", (unsigned)getuid(), (unsigned)getgid()));
  report(&line);
  return 0;
}

/* Every option is "--name value". */
static struct options read_options(char **words) {
  struct options options = {0};
  const struct {
    const char *name;
    const char **value;
  } known[] = {
      {"--shared", &options.shared}, {"--socket", &options.socket}, {"--executable", &options.executable},
      {"--home", &options.home},     {"--to", &options.to},         {"--at", &options.at}};
  for (; *words; words += 2) {
    const char **value = NULL;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
      if (strcmp(*words, known[i].name) == 0) value = known[i].value;
    if (!value) fail("usage", "Cannot run: '%s' is not an option", *words);
    if (!words[1]) fail("usage", "Cannot run: '%s' has no value", *words);
    *value = words[1];
  }
  return options;
}

int main(int count, char **words) {
  const char *slash = count > 0 ? strrchr(words[0], '/') : NULL;
  const char *name = slash ? slash + 1 : count > 0 ? words[0] : "";
  if (is_client(name)) run_client(name, words);

  umask(022);
  /* Where a caller has closed a standard descriptor, no file of this program may take its place. */
  int filler;
  do filler = open("/", O_RDONLY | O_DIRECTORY);
  while (filler >= 0 && filler <= STDERR_FILENO);
  if (filler > STDERR_FILENO) close(filler);
  signal(SIGPIPE, SIG_IGN); /* a caller that is gone does not stop a change halfway */
  for (size_t i = 0; count > 1 && i < sizeof VERBS / sizeof *VERBS; i++) {
    if (strcmp(words[1], VERBS[i].name) != 0) continue;
    struct options options = read_options(words + 2);
    return VERBS[i].run(&options);
  }
  fputs("usage: workspace whoami|probe|enable|disable|link|share|receive [--name value]...\n", stderr);
  return 2;
}
