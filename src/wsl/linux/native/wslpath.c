#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "interop.h"
#include "native.h"

static const char USAGE[] =
    "Usage:\n"
    "    -a    force result to absolute path format\n"
    "    -u    translate from a Windows path to a WSL path (default)\n"
    "    -w    translate from a WSL path to a Windows path\n"
    "    -m    translate from a WSL path to a Windows path, with '/' instead of '\\\\'\n";
static const char UNC[] = "\\\\wsl.localhost\\";

/* Where the drive is in this distro, without a slash at the end; "" without a drive. */
static void read_drive_root(char root[PATH_MAX]) {
  root[0] = 0;
  FILE *file = fopen(DRIVE_FILE, "re");
  if (!file) return;
  if (!fgets(root, PATH_MAX, file)) root[0] = 0;
  root[strcspn(root, "\n")] = 0;
  fclose(file);
}

static void replace_all(char *text, char from, char to) {
  for (; *text; text++)
    if (*text == from) *text = to;
}

static int refuse(const char *path) {
  fprintf(stderr, "wslpath: %s\n", path);
  return 1;
}

/* C:\srv, C:/srv or \\wsl.localhost\NAME\srv of this distro; anything else is taken as relative. */
static int to_distro(char *path, const char *drive_root) {
  char *rest = path;
  const char *distro = getenv("WSL_DISTRO_NAME");
  replace_all(path, '\\', '/');
  if ((path[0] == 'c' || path[0] == 'C') && path[1] == ':' && drive_root[0]) {
    rest = path + 2;
    printf("%s%s%s\n", drive_root, rest[0] && rest[0] != '/' ? "/" : "", rest);
    return 0;
  }
  if (path[0] && path[1] == ':') return refuse(path);
  if (strncmp(path, "//", 2) == 0) {
    rest = strchr(path + 2, '/');
    size_t length = distro ? strlen(distro) : 0;
    bool known = rest && (strncasecmp(path + 2, "wsl.localhost/", rest + 1 - path - 2) == 0 ||
                          strncasecmp(path + 2, "wsl$/", rest + 1 - path - 2) == 0);
    if (!known || length == 0 || strncasecmp(rest + 1, distro, length) != 0 ||
        (rest[1 + length] && rest[1 + length] != '/'))
      return refuse(path);
    rest += 1 + length;
    path = rest[0] ? rest : "/";
  }
  puts(path);
  return 0;
}

static int to_windows(const char *path, const char *drive_root, bool slashes) {
  char real[PATH_MAX], result[PATH_MAX * 2];
  if (!realpath(path, real)) return refuse(path);
  size_t length = strlen(drive_root);
  const char *distro = getenv("WSL_DISTRO_NAME");
  if (length > 0 && strncmp(real, drive_root, length) == 0 && (!real[length] || real[length] == '/'))
    snprintf(result, sizeof result, "C:%s", real[length] ? real + length : "/");
  else if (distro)
    snprintf(result, sizeof result, "%s%s%s", UNC, distro, real);
  else
    return refuse(path);
  replace_all(result, slashes ? '\\' : '/', slashes ? '/' : '\\');
  puts(result);
  return 0;
}

int run_wslpath(int count, char **words) {
  char form = 'u', drive_root[PATH_MAX];
  int i = 0;
  for (; i < count && words[i][0] == '-' && words[i][1] && !words[i][2]; i++) {
    if (!strchr("auwm", words[i][1])) break;
    if (words[i][1] != 'a') form = words[i][1];
  }
  if (count - i != 1) {
    fputs(USAGE, stderr);
    return 1;
  }
  read_drive_root(drive_root);
  return form == 'u' ? to_distro(words[i], drive_root) : to_windows(words[i], drive_root, form == 'm');
}
