#define _GNU_SOURCE
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "native.h"

/* Supplementary groups that one user may be in; the kernel's own limit. */
#define GROUPS_MAX 65536

static char *copy(const char *text) {
  char *result = strdup(text ? text : "");
  if (!result) fail("allocate memory");
  return result;
}

static void find_groups(struct account *account) {
  account->groups = allocate(sizeof(gid_t));
  account->groups[account->group_count++] = account->gid;
  FILE *file = fopen("/etc/group", "re");
  if (!file) return;
  struct group *group;
  while (account->group_count < GROUPS_MAX && (group = fgetgrent(file)))
    for (char **member = group->gr_mem; *member; member++)
      if (strcmp(*member, account->name) == 0 && group->gr_gid != account->gid) {
        size_t size = sizeof(gid_t) * (size_t)(account->group_count + 1);
        account->groups = realloc(account->groups, size);
        if (!account->groups) fail("allocate memory");
        account->groups[account->group_count++] = group->gr_gid;
        break;
      }
  fclose(file);
}

/* Files only: the name service of a static program is the one of the host, not of the distro. */
bool find_account(const char *name, struct account *account) {
  memset(account, 0, sizeof *account);
  long wanted = name[0] == '#' ? atol(name + 1) : -1;
  FILE *file = fopen("/etc/passwd", "re");
  struct passwd *entry = NULL;
  while (file && (entry = fgetpwent(file)))
    if (wanted >= 0 ? entry->pw_uid == (uid_t)wanted : strcmp(entry->pw_name, name) == 0) break;
  if (entry) {
    account->uid = entry->pw_uid;
    account->gid = entry->pw_gid;
    account->name = copy(entry->pw_name);
    account->home = copy(entry->pw_dir && entry->pw_dir[0] ? entry->pw_dir : "/");
    account->shell = copy(entry->pw_shell && entry->pw_shell[0] ? entry->pw_shell : "/bin/sh");
  } else if (wanted == 0 || strcmp(name, "root") == 0) {
    /* root is there even in a distro without /etc/passwd */
    account->name = copy("root");
    account->home = copy("/root");
    account->shell = copy("/bin/sh");
  }
  if (file) fclose(file);
  if (!account->name) return false;
  find_groups(account);
  return true;
}
