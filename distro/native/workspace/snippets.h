/* The contents of the small files that make the socket known when the distro starts. */
#ifndef WORKSPACE_SNIPPETS_H
#define WORKSPACE_SNIPPETS_H

#include "text.h"

struct text tmpfiles_snippet(const char *socket);
struct text shell_snippet(const char *socket);
struct text fish_snippet(const char *socket);

#endif
