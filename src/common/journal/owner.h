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

enum owner_file { OWNER_PLAIN, OWNER_NO_FILE, OWNER_LINKED, OWNER_OTHER };

/*
 * Whether a file of the directory is one that cohort may have made there: a
 * plain file (else OWNER_NO_FILE) with one name (else OWNER_LINKED: it is also
 * another file of this user) and the directory's owner (else OWNER_OTHER). That
 * is this user, or the user that the file system has for all files.
 */
enum owner_file owner_look(int dir, const struct stat *file);

/* As file_open, for a file that is written: -1 with errno EPERM if it is there
 * and is not OWNER_PLAIN. */
int owner_open(int dir, const char *name, int flags);

/* Whether this is the name of a file that owner_check makes and removes. */
bool owner_is_probe(const char *name);

#endif
