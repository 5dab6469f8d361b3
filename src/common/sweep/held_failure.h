/*
 * Failures that a task may not have caused. Whatever ends a job from outside (a
 * batch system, a container, kill by hand) signals all its processes, often the
 * children first, with any signal, and a program may handle it and leave with
 * any status. A child that ends looks as if its task were at fault, and the
 * failure would stay in the journal for good. So the rank holds it back, goes
 * on with other tasks, and keeps it as a result only if the rank itself lives
 * on for OUTSIDE_SECONDS and is not told to stop. If the job ends before, the
 * task has no result and runs again in a later run. The same holds for tasks in
 * the rank itself that say so (cohort_task_doubt).
 *
 * A child writes into the same store as the rank, so the rank keeps failures
 * only while it has none. A child that finds, before a task, that the time of
 * the first one is over leaves, and the rank forks the next one.
 */
#ifndef COHORT_COMMON_SWEEP_HELD_FAILURE_H
#define COHORT_COMMON_SWEEP_HELD_FAILURE_H

#include "worker_state.h"

/* Hold back the failure of a task that has just ended, with `bytes` bytes of a
 * result. Both are copied. */
COHORT_CHECKED cohort_status held_failures_add(struct held_failures *held,
                                               const struct record *record,
                                               const char *error,
                                               const void *result,
                                               size_t bytes);

/* When the first of them may be kept, as clock_seconds; 0: none is held. */
double held_failures_first(const struct held_failures *held);

/* Keep the failures that were held long enough. Only while no child lives and
 * no task has a result open. */
COHORT_CHECKED cohort_status held_failures_keep(struct held_failures *held,
                                                struct worker *worker);

/* The rank's share of the sweep is done: keep the others too, after the time
 * that they need. A sweep that is stopped meanwhile drops them. */
COHORT_CHECKED cohort_status held_failures_end(struct held_failures *held,
                                               struct worker *worker);

void held_failures_free(struct held_failures *held);

#endif
