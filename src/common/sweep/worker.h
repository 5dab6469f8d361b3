/* A rank's way through its share of a sweep. */
#ifndef COHORT_COMMON_SWEEP_WORKER_H
#define COHORT_COMMON_SWEEP_WORKER_H

#include "sweep_run.h"
#include "task.h"

/* Where a worker stands. What a child leaves of it in shared memory is enough
 * to go on from there. */
struct cursor {
	size_t next; /* numbers of what is to be run: claimed, and not done */
	size_t end;
	size_t most; /* to be claimed at once */
	size_t seen; /* numbers below have been claimed by somebody */
	bool dealt;  /* of a static split: the share has been claimed */
	int attempt; /* at `next` */
	struct result_mark stored; /* by the tasks that are done */
	uint64_t journaled;
	uint64_t done; /* in all rounds of the sweep, failed ones included */
	uint64_t failed;
};

struct child_state;

struct worker {
	struct sweep_run *run;
	struct cursor cursor;
	struct child_state *child_state; /* of a child; NULL: not isolated */
	size_t ran; /* tasks since the last claim, in so many */
	double seconds;
	cohort_task task;
};

/* A worker at the beginning of its share. */
void worker_begin(struct sweep_run *run, struct worker *out);

/* Tell on the board how many it has done. */
void worker_count(const struct worker *worker);

/* Claim and run tasks until there are none left, the sweep is stopped, or the
 * slate says so. Not collective. */
COHORT_CHECKED cohort_status worker_run(struct worker *worker);

/* Task number stand.next has this outcome: it is kept, counted and journaled,
 * and the worker moves on. `error` is NULL if it went well. */
COHORT_CHECKED cohort_status worker_keep(struct worker *worker,
                                         struct record *record,
                                         const char *error);

#endif
