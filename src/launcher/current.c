#include "current.h"

#include <stdio.h>
#include <string.h>

/* Longest number and longest word of letters, "false", with a zero byte and some room. */
#define TOKEN_BYTES 8
#define ID_CHARACTERS (2 * SHA256_BYTES)

/*
 * What of the text has not been read yet. Each take_... skips white space and returns whether it has found
 * its piece.
 */
struct text {
  const char *next, *end;
};

static void skip_space(struct text *text) {
  while (text->next < text->end &&
         (*text->next == ' ' || *text->next == '\t' || *text->next == '\r' || *text->next == '\n')) {
    text->next++;
  }
}

static bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool take(struct text *text, char wanted) {
  skip_space(text);
  if (text->next == text->end || *text->next != wanted) return false;
  text->next++;
  return true;
}

/* Letters and digits; longer ones than fit are refused. */
static bool take_plain(struct text *text, char *word, size_t size) {
  size_t length = 0;
  while (text->next < text->end && is_plain(*text->next)) {
    if (length + 1 == size) return false;
    word[length++] = *text->next++;
  }
  word[length] = 0;
  return true;
}

/* Text in quotes; all that the format needs goes without escapes. */
static bool take_word(struct text *text, version_id word) {
  if (!take(text, '"') || !take_plain(text, word, sizeof(version_id))) return false;
  if (text->next == text->end || *text->next != '"') return false;
  text->next++;
  return true;
}

static bool is_digest(const char *word) {
  return strlen(word) == ID_CHARACTERS && strspn(word, "0123456789abcdef") == ID_CHARACTERS;
}

static bool take_version(struct text *text, version_id version) {
  return take_word(text, version) && (is_digest(version) || strcmp(version, EMBEDDED) == 0);
}

static bool take_token(struct text *text, char token[TOKEN_BYTES]) {
  skip_space(text);
  return take_plain(text, token, TOKEN_BYTES) && token[0] != 0;
}

static bool take_number(struct text *text, int *number) {
  char digits[TOKEN_BYTES];
  if (!take_token(text, digits) || strspn(digits, "0123456789") != strlen(digits)) return false;
  size_t length = strlen(digits);
  if (length > 2 || (length == 2 && digits[0] == '0')) return false;
  *number = length == 1 ? digits[0] - '0' : (digits[0] - '0') * 10 + digits[1] - '0';
  return true;
}

static bool take_previous(struct text *text, version_id previous) {
  char token[TOKEN_BYTES];
  skip_space(text);
  if (text->next < text->end && *text->next == '"') return take_version(text, previous);
  previous[0] = 0;
  return take_token(text, token) && strcmp(token, "null") == 0;
}

static bool take_truth(struct text *text, bool *truth) {
  char token[TOKEN_BYTES];
  if (!take_token(text, token)) return false;
  *truth = strcmp(token, "true") == 0;
  return *truth || strcmp(token, "false") == 0;
}

static bool take_format(struct text *text) {
  int format;
  return take_number(text, &format) && format == 1;
}

static bool take_value(struct text *text, int key, struct current *current) {
  switch (key) {
    case 0: return take_format(text);
    case 1: return take_word(text, current->embedded) && is_digest(current->embedded);
    case 2: return take_version(text, current->current);
    case 3: return take_previous(text, current->previous);
    case 4: return take_truth(text, &current->trial);
    default: return take_number(text, &current->tries);
  }
}

int current_parse(struct current *current, const char *bytes, size_t length) {
  static const char *const KEYS[] = {"format", "embedded", "current", "previous", "trial", "tries"};
  enum { KEY_COUNT = sizeof KEYS / sizeof *KEYS };
  struct text text = {bytes, bytes + length};
  unsigned seen = 0;
  memset(current, 0, sizeof *current);
  if (length > MAX_CURRENT_BYTES || !take(&text, '{')) return -1;
  do {
    version_id word;
    int key = 0;
    if (!take_word(&text, word)) return -1;
    while (key < KEY_COUNT && strcmp(word, KEYS[key]) != 0) key++;
    if (key == KEY_COUNT || seen & 1u << key) return -1;
    seen |= 1u << key;
    if (!take(&text, ':') || !take_value(&text, key, current)) return -1;
  } while (take(&text, ','));
  if (!take(&text, '}') || seen != (1u << KEY_COUNT) - 1) return -1;
  skip_space(&text);
  return text.next == text.end ? 0 : -1;
}

size_t current_format(const struct current *current, char text[MAX_CURRENT_BYTES]) {
  const char *quote = current->previous[0] ? "\"" : "";
  int length = snprintf(
      text, MAX_CURRENT_BYTES,
      "{\"format\":1,\"embedded\":\"%s\",\"current\":\"%s\",\"previous\":%s%s%s,\"trial\":%s,\"tries\":%d}\n",
      current->embedded, current->current, quote, current->previous[0] ? current->previous : "null", quote,
      current->trial ? "true" : "false", current->tries);
  return (size_t)length;
}

bool current_wants_try(const struct current *current) {
  return current->trial && current->tries < TRIAL_TRIES;
}

static void add(struct candidates *candidates, const char *version) {
  const char *id = version[0] ? version : EMBEDDED;
  for (int i = 0; i < candidates->count; i++) {
    if (strcmp(candidates->versions[i], id) == 0) return;
  }
  candidates->versions[candidates->count++] = id;
}

void current_candidates(const struct current *current, int counted, struct candidates *candidates) {
  candidates->count = 0;
  if (current && (!current->trial || counted)) add(candidates, current->current);
  if (current) add(candidates, current->previous);
  add(candidates, EMBEDDED);
}
