/* Checks the owner of a journal's directory and of its files, and that no other
 * user can write there. `dir` is a descriptor of the directory; `path` is used
 * in sentences. The statuses are those of journal_open. */
#ifndef COHORT_COMMON_JOURNAL_OWNER_H
#define COHORT_COMMON_JOURNAL_OWNER_H

#include "cohort.h"

#include <stdbool.h>
#include <sys/stat.h>

/* Check that the directory is this user's and that not every user can write to
 * it. On a file system without owners or modes it is enough that the directory
 * is a journal, or that journal_open has just `made` it. */
COHORT_CHECKED cohort_status owner_check(int dir, const char *path, bool made);

/* Whether a file of the directory has the directory's owner. That is this user,
 * or the user that the file system has for all files. */
bool owner_has(int dir, const struct stat *file);

/* Whether this is the name of a file that owner_check makes and removes. */
bool owner_is_probe(const char *name);

#endif
