/* A rank, or its child, at work on its share of a sweep. */
#ifndef COHORT_COMMON_SWEEP_WORKER_H
#define COHORT_COMMON_SWEEP_WORKER_H

#include "worker_state.h"

/* Before this rank's first task of the sweep, and again in each pass of
 * execute_run. The task points into *out, which must stay where it is. */
void worker_begin(struct sweep_run *run, struct worker *out);

/* Claim and run tasks until none is left, the sweep is stopped, or the rank
 * wants its child to leave. Not collective. */
COHORT_CHECKED cohort_status worker_run(struct worker *worker);

/* Whether the worker must begin no more tasks. */
bool worker_must_leave(const struct worker *worker);

/* Whether a child leaves before its next task, because it is time for its rank
 * to keep a failure. */
bool worker_is_awaited(const struct worker *worker);

/* In the rank, while it has no child: wait until there is room for the result
 * of task number cursor.next; see delivery_flow.h. False: it must not be
 * run. */
bool worker_await_room(struct worker *worker);

/* Run task number cursor.next, which has been claimed, and move on. */
COHORT_CHECKED cohort_status worker_run_next(struct worker *worker);

#endif
