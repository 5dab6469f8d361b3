/* A rank, or its child, at work on its share of a sweep. */
#ifndef COHORT_COMMON_SWEEP_WORKER_H
#define COHORT_COMMON_SWEEP_WORKER_H

#include "child_state.h"
#include "cursor.h"
#include "scheduler.h"
#include "task.h"

/* See held_failure.h; all 0 at first. */
struct held_failures {
	struct held_failure *list; /* in the order of their ends */
	size_t count;
	size_t room;
};

struct worker {
	struct sweep_run *run;
	struct rank_counters *counters; /* of this rank */
	struct cursor cursor;
	struct scheduler scheduler;
	struct child_state *child; /* tasks run in a child; NULL: in the rank */
	uint64_t key;              /* of that child's seals */
	/* When the child leaves before its next task, as clock_seconds: its
	 * rank keeps a failure then (held_failure.h). 0: never. */
	double leave_at;
	int64_t looked; /* when it has looked for crashed ranks, in ns */
	/* Between the child and the rank, if the child may not claim tickets.
	 * Not in the memory that they share, where a task may write. */
	struct ticket_channel channel;
	struct asked asked; /* where `task` points, with a journal */
	/* Failures of tasks in the rank itself that are in doubt; NULL: tasks
	 * run in a child. */
	struct held_failures *held;
	cohort_task task;
};

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
