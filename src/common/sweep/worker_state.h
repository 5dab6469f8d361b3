/* What a worker has; see worker.h. */
#ifndef COHORT_COMMON_SWEEP_WORKER_STATE_H
#define COHORT_COMMON_SWEEP_WORKER_STATE_H

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

#endif
