#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients.h"
#include "docker_config.h"
#include "placing.h"
#include "socket_link.h"
#include "text.h"

/* What stands before the subcommand. */
struct global_options {
  const char *context;
  const char *host;
  const char *config;
  char **rest; /* the subcommand and what follows */
};

/* Where an option's value goes; options with a value that is of no interest here have NULL. */
struct valued {
  const char *name;
  char letter;
  const char **value;
};

/* Takes one word that begins with '-'; true if its value is the word after it. */
static bool take_option(const char *word, const char *following, const struct valued *all) {
  if (word[1] == '-') {
    const char *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    for (; all->name; all++) {
      if (strlen(all->name) != length || strncmp(all->name, word, length) != 0) continue;
      if (all->value) *all->value = equals ? equals + 1 : following;
      return !equals;
    }
    return false;
  }
  for (const char *letter = word + 1; *letter; letter++) {
    const struct valued *option = all;
    while (option->name && option->letter != *letter) option++;
    if (!option->name) continue; /* a switch */
    const char *value = letter[1] == '=' ? letter + 2 : letter + 1;
    if (option->value) *option->value = *value ? value : following;
    return !*value;
  }
  return false;
}

static struct global_options read_global_options(char **words) {
  struct global_options options = {0};
  const struct valued valued[] = {{"--context", 'c', &options.context},
                                  {"--host", 'H', &options.host},
                                  {"--config", 0, &options.config},
                                  {"--log-level", 'l', NULL},
                                  {"--tlscacert", 0, NULL},
                                  {"--tlscert", 0, NULL},
                                  {"--tlskey", 0, NULL},
                                  {0}};
  char **word = words + 1;
  while (*word && (*word)[0] == '-' && (*word)[1]) {
    if (take_option(*word, word[1], valued) && word[1]) word++;
    word++;
  }
  options.rest = word;
  return options;
}

static bool is_one_of(const char *word, const char *const *list) {
  for (; *list; list++)
    if (word && strcmp(word, *list) == 0) return true;
  return false;
}

/* Commands are recognized in the forms in which programs and shells use them; any other needs the engine. */
static enum command_need need_of(char **words, char **rest) {
  static const char *const completions[] = {"docker-cli-plugin-metadata", "docker-cli-plugin-hooks",
                                            "__complete", "__completeNoDesc", NULL};
  static const char *const switches[] = {"--help", "-h", "--version", "-v", NULL};
  static const char *const commands[] = {"help", "completion", "context", NULL};
  static const char *const plugins[] = {"compose", "buildx", NULL};
  static const char *const asked[] = {"version", "help", "--help", "-h", NULL};
  if (!rest[0]) return !words[1] || is_one_of(words[1], switches) ? NEEDS_PROGRAM : NEEDS_ENGINE;
  if (is_one_of(rest[0], completions)) return NEEDS_NOTHING;
  if (is_one_of(rest[0], commands)) return NEEDS_PROGRAM;
  bool is_question = is_one_of(rest[0], plugins) && (!rest[1] || is_one_of(rest[1], asked));
  return is_question ? NEEDS_PROGRAM : NEEDS_ENGINE;
}

static bool is_ours(const char *path, const char *socket) {
  struct found found;
  if (strcmp(path, socket) == 0) return true;
  if (strcmp(path, RUN_SOCKET) != 0 && strcmp(path, VAR_RUN_SOCKET) != 0) return false;
  bool ours = examine(path, &found) && found.kind == FOUND_LINK && strcmp(found.target, socket) == 0;
  free(found.target);
  return ours;
}

/* In the order in which the docker CLI looks: --context, --host, DOCKER_HOST, DOCKER_CONTEXT, its
 * configuration. */
static enum engine_choice choose(const struct global_options *options, const char *socket) {
  static const char unix_socket[] = "unix://";
  const char *host = options->host ? options->host : getenv("DOCKER_HOST"), *context = options->context;
  if (!context && host && *host) {
    bool is_unix = strncmp(host, unix_socket, sizeof unix_socket - 1) == 0;
    return is_unix && is_ours(host + sizeof unix_socket - 1, socket) ? ENGINE_OURS_BY_DEFAULT
                                                                     : ENGINE_OF_USER;
  }
  if (!context) context = getenv("DOCKER_CONTEXT");
  char *current = context && *context ? copy_string(context) : current_context(options->config);
  bool is_chosen = current && *current && strcmp(current, "default") != 0;
  free(current);
  if (is_chosen) return ENGINE_OF_USER;
  return is_ours(VAR_RUN_SOCKET, socket) ? ENGINE_OURS_BY_DEFAULT : ENGINE_OURS_BY_VARIABLE;
}

struct command read_command(char **words, const char *socket) {
  struct global_options options = read_global_options(words);
  return (struct command){.choice = choose(&options, socket), .need = need_of(words, options.rest)};
}
