#include <stdio.h>
#include <string.h>

#include "native.h"

int main(int count, char **words)
{
	static const struct {
		const char *name;
		int (*run)(int count, char **words);
	} commands[] = {
		{"detach", run_detach}, {"guard", run_guard}, {"vm", run_vm},
		{"distro", run_distro}, {"relay", run_relay},
	};
	for (size_t i = 0; count > 1 && i < sizeof commands / sizeof *commands; i++)
		if (strcmp(words[1], commands[i].name) == 0)
			return commands[i].run(count - 2, words + 2);
	fputs("usage: wsl-helper detach|guard|vm|distro|relay ...\n", stderr);
	return 2;
}
