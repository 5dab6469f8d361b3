/* A rank's way through its share of a sweep. */
#ifndef COHORT_COMMON_WORK_H
#define COHORT_COMMON_WORK_H

#include "run.h"
#include "task.h"

/* Where a worker stands. What a child leaves of it in shared memory is enough
 * to go on from there. */
struct stand {
	size_t next; /* numbers of what is to be run: claimed, and not done */
	size_t end;
	size_t most; /* to be claimed at once */
	bool dealt;  /* of a static split: the share has been claimed */
	int attempt; /* at `next` */
	struct store_mark stored; /* by the tasks that are done */
	uint64_t journaled;
	uint64_t done; /* in all rounds of the sweep, failed ones included */
	uint64_t failed;
};

struct slate;

struct worker {
	struct run *run;
	struct stand stand;
	struct slate *slate; /* of a child; NULL: not isolated */
	cohort_task task;
};

/* A worker at the beginning of its share. */
void work_begin(struct run *run, struct worker *out);

/* Tell on the board how many it has done. */
void work_tally(const struct worker *worker);

/* How many tickets are needed; 0: none, the split is static. */
uint64_t work_tickets(const struct run *run);

/* Claim and run tasks until there are none left, the sweep is stopped, or the
 * slate says so. Not collective. */
COHORT_CHECKED cohort_status work_on(struct worker *worker);

/* Task number stand.next has this outcome: it is kept, counted and journaled,
 * and the worker moves on. `error` is NULL if it went well. */
COHORT_CHECKED cohort_status work_keep(struct worker *worker,
                                       struct record *record,
                                       const char *error);

#endif
