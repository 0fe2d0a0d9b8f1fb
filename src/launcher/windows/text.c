#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "win32.h"

/*
 * Paths from this length on are given in the form without a limit; folders have a lower one than files, 248
 * characters.
 */
#define PLAIN_PATH_CHARACTERS 240

static void *allocate(size_t bytes) {
  void *memory = malloc(bytes);
  if (!memory) fail(WL_OUT_OF_MEMORY, "Cannot start Windlass: no memory is left");
  return memory;
}

const wchar_t *joined(const wchar_t *first, const wchar_t *second, const wchar_t *third) {
  size_t length = wcslen(first) + wcslen(second) + wcslen(third) + 1;
  wchar_t *text = allocate(length * sizeof *text);
  wcscpy(text, first);
  wcscat(text, second);
  wcscat(text, third);
  return text;
}

const char *utf8(const wchar_t *text) {
  int length = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
  char *bytes = allocate((size_t)length + 1);
  bytes[0] = 0;
  WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, length, NULL, NULL);
  return bytes;
}

const wchar_t *wide(const char *text) {
  int length = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
  wchar_t *characters = allocate(((size_t)length + 1) * sizeof *characters);
  characters[0] = 0;
  MultiByteToWideChar(CP_UTF8, 0, text, -1, characters, length);
  return characters;
}

const char *system_error(DWORD error) {
  static wchar_t words[512];
  static char text[2048];
  DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
  DWORD length = FormatMessageW(flags, NULL, error, 0, words, sizeof words / sizeof *words, NULL);
  while (length > 0 && (words[length - 1] <= L' ' || words[length - 1] == L'.')) length--;
  words[length] = 0;
  if (length == 0)
    snprintf(text, sizeof text, "error %lu", error);
  else
    snprintf(text, sizeof text, "%s (error %lu)", utf8(words), error);
  return text;
}

const wchar_t *variable(const wchar_t *name) {
  DWORD length = GetEnvironmentVariableW(name, NULL, 0);
  if (length <= 1) return NULL;
  wchar_t *value = allocate(length * sizeof *value);
  return GetEnvironmentVariableW(name, value, length) == length - 1 ? value : NULL;
}

const wchar_t *system_path(const wchar_t *path) {
  if (wcslen(path) < PLAIN_PATH_CHARACTERS || wcsncmp(path, L"\\\\?\\", 4) == 0) return path;
  if (wcsncmp(path, L"\\\\", 2) == 0) return joined(L"\\\\?\\UNC\\", path + 2, L"");
  return joined(L"\\\\?\\", path, L"");
}
