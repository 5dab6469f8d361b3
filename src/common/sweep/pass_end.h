/*
 * The end of a pass: all ranks exchange how many results they have and what
 * stopped them, and so know the status of the sweep, and whether tasks were
 * lost. A child that is killed just after a claim loses the tasks that it has
 * claimed.
 */
#ifndef COHORT_COMMON_SWEEP_PASS_END_H
#define COHORT_COMMON_SWEEP_PASS_END_H

#include "sweep_run.h"

/* Every rank calls it in step, with the status of its own work. Returns the
 * status of the sweep so far, which is the same on every rank. *lost: it is
 * COHORT_OK, and some tasks have no result. Also sets run->not_run, and
 * run->singly if a task has damaged results. */
COHORT_CHECKED cohort_status pass_end_agree(struct sweep_run *run,
                                            cohort_status mine, bool *lost);

#endif
