/* Whether a module may be loaded: it becomes code of this process, so nobody
 * may have put it there who could not change the process's code anyway. */
#ifndef COHORT_MPI_MODULE_TRUST_H
#define COHORT_MPI_MODULE_TRUST_H

#include <limits.h>
#include <stdbool.h>

enum { TRUST_TEXT_BYTES = 2 * PATH_MAX + 128 };

/*
 * Checks a file or folder and every folder above it, up to the first one that
 * also holds `anchor`. `path` is absolute and has no links. `anchor` is the
 * library or the program that looks for modules, or "" if it must not be
 * trusted. False, with the reason in `why`, if another user than root, the
 * process's user and the owner of `anchor` owns one of them or may write to it.
 */
bool module_is_trusted(const char *path, const char *anchor,
                       char why[TRUST_TEXT_BYTES]);

#endif
