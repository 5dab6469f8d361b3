/* The ranks of a sweep: how they begin, and statuses that all of them have. */
#ifndef TOOLS_SWEEP_GROUP_H
#define TOOLS_SWEEP_GROUP_H

#include "plan.h"

#include <cohort.h>

/* A call of the library has failed: EXIT_SYSTEM, with its sentence. */
int group_failed(void);

/* Whether --backend, which may be NULL, names one. False with a sentence. */
bool group_check_backend(const char *backend);

/* Open the group. Returns an exit status, with a sentence if it is not
 * EXIT_DONE. */
int group_open(const struct sweep_plan *plan, cohort **group);

/* Print the sentence of a wrong command line, once if a launcher started
 * several ranks, each of which calls this. Returns EXIT_USAGE. */
int group_refuse_usage(void);

/* The root's status, on every rank. */
int group_agree_with_root(cohort *group, int status);

/* The highest status of all ranks, on every rank. A rank prints its own
 * sentence. */
int group_agree_with_all(cohort *group, int status);

#endif
