/* A worker's position in a sweep: all that another process needs to go on from
 * there. */
#ifndef COHORT_COMMON_SWEEP_CURSOR_H
#define COHORT_COMMON_SWEEP_CURSOR_H

#include "result_store.h"

/* `next`, `end`, `seen` are positions in the todo list. */
struct cursor {
	uint64_t next;  /* the next task to run */
	uint64_t end;   /* end of the tasks that this worker has claimed */
	uint64_t most;  /* tasks that the next claim asks for */
	uint64_t seen;  /* all tasks before it have been claimed by some rank */
	int16_t dealt;  /* static schedule: 1 when the share has been claimed */
	uint16_t asked; /* by earlier attempts at task `next`; see asked.h */
	int32_t attempt;          /* at task `next`, from 0 */
	struct store_mark stored; /* the store's length after the last task */
	uint64_t journaled;       /* the journal's */
	uint64_t done; /* tasks done in this sweep, failed ones included */
	uint64_t failed;
};

#endif
