/*
 * Failures that a task may not have caused. Whatever ends a job from outside (a
 * batch system, a container, kill by hand) signals all its processes, often the
 * children first. A child that ends by such a signal looks as if its task
 * were at fault, and the failure would stay in the journal for good. So the
 * rank holds it back, goes on with other tasks, and keeps it as a result only
 * if the rank itself lives on for OUTSIDE_SECONDS and is not told to stop. If
 * the job ends before, the task has no result and runs again in a later run.
 *
 * A child writes into the same store as the rank, so the rank keeps failures
 * only while it has none. A child that finds, before a task, that the time of
 * the first one is over leaves, and the rank forks the next one.
 */
#ifndef COHORT_COMMON_SWEEP_HELD_FAILURE_H
#define COHORT_COMMON_SWEEP_HELD_FAILURE_H

#include "child_process.h"
#include "worker.h"

/* All 0 at first. */
struct held_failures {
	struct held_failure *list; /* in the order of their ends */
	size_t count;
	size_t room;
};

/* Whether somebody else may have ended the child, and not its task. */
bool held_failure_is_in_doubt(const struct child_end *end);

/* Hold back the failure of a task whose child has just ended. */
COHORT_CHECKED cohort_status held_failures_add(struct held_failures *held,
                                               const struct record *record,
                                               const char *error);

/* When the first of them may be kept, as clock_seconds; 0: none is held. */
double held_failures_first(const struct held_failures *held);

/* Keep the failures that were held long enough. Between two children only. */
COHORT_CHECKED cohort_status held_failures_keep(struct held_failures *held,
                                                struct worker *worker);

/* The rank's share of the sweep is done: keep the others too, after the time
 * that they need. A sweep that is stopped meanwhile drops them. */
COHORT_CHECKED cohort_status held_failures_end(struct held_failures *held,
                                               struct worker *worker);

void held_failures_free(struct held_failures *held);

#endif
