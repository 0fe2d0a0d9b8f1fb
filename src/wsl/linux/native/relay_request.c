#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "native.h"
#include "relay.h"

/*
 * --socket PATH --user NAME --cd DIR [--env NAME=VALUE]... then one of
 *   --exec WORD...       the words are argv
 *   --shell TEXT         TEXT goes to the user's shell     (--login-shell TEXT: to a login shell)
 *   --login              the user's shell, interactive
 */
bool parse_relay_request(int count, char **words, struct relay_request *request) {
  request->variables = allocate(sizeof(char *) * (size_t)count);
  for (int i = 0; i < count; i++) {
    const char *name = words[i];
    if (strcmp(name, "--login") == 0) {
      request->form = LAUNCH_LOGIN;
      break;
    }
    if (strcmp(name, "--exec") == 0) {
      request->form = LAUNCH_EXEC;
      request->words = words + i + 1;
      request->word_count = count - i - 1;
      break;
    }
    if (++i >= count) return false;
    if (strcmp(name, "--shell") == 0 || strcmp(name, "--login-shell") == 0) {
      request->form = LAUNCH_SHELL;
      request->login = strcmp(name, "--login-shell") == 0;
      request->words = words + i;
      request->word_count = 1;
      break;
    }
    if (strcmp(name, "--socket") == 0)
      request->socket = words[i];
    else if (strcmp(name, "--user") == 0)
      request->user = words[i];
    else if (strcmp(name, "--cd") == 0)
      request->directory = words[i];
    else if (strcmp(name, "--env") == 0)
      request->variables[request->variable_count++] = words[i];
    else
      return false;
  }
  bool complete = request->form == LAUNCH_LOGIN || request->word_count > 0;
  return complete && request->socket && request->user && request->directory;
}

static size_t append(char *to, size_t at, const char *text) {
  size_t length = strlen(text) + 1;
  if (to) memcpy(to + at, text, length);
  return at + length;
}

static size_t append_all(const struct relay_request *request, char *to, size_t at) {
  at = append(to, at, request->user);
  at = append(to, at, request->directory);
  for (int i = 0; i < request->word_count; i++) at = append(to, at, request->words[i]);
  for (int i = 0; i < request->variable_count; i++) at = append(to, at, request->variables[i]);
  return at;
}

char *encode_relay_request(const struct relay_request *request, struct launch header, size_t *size) {
  *size = append_all(request, NULL, sizeof header);
  char *message = allocate(*size);
  header.magic = LAUNCH_MAGIC;
  header.bytes = (uint32_t)(*size - sizeof header);
  header.form = request->form;
  header.login = request->login;
  header.words = (uint32_t)request->word_count;
  header.variables = (uint32_t)request->variable_count;
  memcpy(message, &header, sizeof header);
  append_all(request, message, sizeof header);
  return message;
}
