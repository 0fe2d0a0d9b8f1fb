#include <string.h>

#include "../foreign_variables.h"
#include "win32.h"

#define WIDE_TEXT(text) L"" text

/* Windows ignores the case of a name. */
static bool begins(const wchar_t *text, const wchar_t *prefix) {
  return _wcsnicmp(text, prefix, wcslen(prefix)) == 0;
}

static bool is_foreign(const wchar_t *variable) {
#define AS_TEST(prefix) begins(variable, WIDE_TEXT(prefix)) ||
  return FOREIGN_PREFIXES(AS_TEST) 0;
#undef AS_TEST
}

static void set_or_fail(const wchar_t *name, const wchar_t *value) {
  if (!SetEnvironmentVariableW(name, value))
    fail(WL_OUT_OF_MEMORY, "Cannot start Windlass: no memory is left");
}

void guard_environment(void) {
  wchar_t *block = GetEnvironmentStringsW(); /* a copy, which does not change with the variables */
  if (!block) fail(WL_OUT_OF_MEMORY, "Cannot start Windlass: no memory is left");
  for (const wchar_t *variable = block; *variable; variable += wcslen(variable) + 1) {
    const wchar_t *end = wcschr(variable + 1, L'='); /* names such as "=C:" begin with one */
    if (!end || !begins(variable, WIDE_TEXT(CALLER_PREFIX))) continue;
    wchar_t *name = wcscpy((wchar_t *)joined(variable, L"", L""), variable);
    name[end - variable] = 0;
    SetEnvironmentVariableW(name, NULL); /* of an earlier start: this one's caller has variables of its own */
  }
  for (const wchar_t *variable = block; *variable; variable += wcslen(variable) + 1) {
    const wchar_t *end = wcschr(variable + 1, L'=');
    if (!end || !is_foreign(variable)) continue;
    wchar_t *name = wcscpy((wchar_t *)joined(variable, L"", L""), variable);
    name[end - variable] = 0;
    set_or_fail(joined(WIDE_TEXT(CALLER_PREFIX), name, L""), end + 1);
    SetEnvironmentVariableW(name, NULL);
  }
  FreeEnvironmentStringsW(block);
}
