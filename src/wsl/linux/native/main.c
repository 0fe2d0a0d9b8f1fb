#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#include "interop.h"
#include "native.h"
#include "outside.h"

int main(int count, char **words) {
  static const struct {
    const char *name;
    int (*run)(int count, char **words);
  } commands[] = {
      {"detach", run_detach}, {"guard", run_guard}, {"vm", run_vm},
      {"distro", run_distro}, {"relay", run_relay}, {"outside", run_outside},
  };
  /* Run by a name in a tool folder (outside.h); argv[0] need not have the folder. */
  char *path = (char *)getauxval(AT_EXECFN), *name = path ? strrchr(path, '/') : NULL;
  if (count > 0 && name && strncmp(name, "/docker", 7) == 0) {
    *name = 0;
    run_tool(path, name + 1, words);
  }
  if (name && strcmp(name, "/init") == 0) return run_interop_client(count - 1, words + 1);
  if (name && strcmp(name, "/wslpath") == 0) return run_wslpath(count - 1, words + 1);
  for (size_t i = 0; count > 1 && i < sizeof commands / sizeof *commands; i++)
    if (strcmp(words[1], commands[i].name) == 0) return commands[i].run(count - 2, words + 2);
  fputs("usage: wsl-helper detach|guard|vm|distro|relay|outside ...\n", stderr);
  return 2;
}
