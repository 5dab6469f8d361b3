/*
 * The slate of a rank whose tasks run in a child: memory that the two share, in
 * which the child keeps what it has in hand, so that the rank can go on from
 * there when the child has come to a bad end.
 */
#ifndef COHORT_COMMON_SWEEP_CHILD_STATE_H
#define COHORT_COMMON_SWEEP_CHILD_STATE_H

#include "worker.h"

#include <stdatomic.h>

/* What a child says when it has ended as it should. */
struct outcome {
	_Atomic int said;
	cohort_status status;
	char sentence[ERROR_BYTES];
};

struct child_state {
	struct cursor cursors[2]; /* in turns: one is whole at any time */
	_Atomic uint64_t turn;    /* the last one written */
	_Atomic uint64_t number;  /* of what is to be run: the task that */
	_Atomic int64_t begun;    /* began then, in ns; 0: none runs */
	_Atomic int halt;         /* the child is to leave after its task */
	_Atomic int aborted;      /* see group_become_task */
	struct outcome outcome;
	int asking[2]; /* the child's and the parent's end; -1: not needed */
};

/* What goes over `asking`, there and back. */
struct question {
	uint64_t most;
};

struct answer {
	struct tickets_run tickets;
	cohort_status status;
	char sentence[ERROR_BYTES];
};

/* Shared with the child. All 0; NULL with the sentence written. `asks`: the
 * child has to have tickets claimed for it. */
struct child_state *child_state_create(bool asks);
void child_state_free(struct child_state *child_state);

/* For the next child: what the one before has left is gone. */
void child_state_clear(struct child_state *child_state);

/* A task begins, so that what happens from now on is blamed on it. */
void child_state_task_begins(struct worker *worker);

/* It is done and kept. */
void child_state_task_ends(struct worker *worker);

/* Tasks have been claimed. */
void child_state_keep_cursor(struct worker *worker);

/* Whether the child is to leave, which another will then take over from. */
bool child_state_halted(const struct child_state *child_state);

/* Have the rank claim tickets. */
COHORT_CHECKED cohort_status child_state_ask(struct child_state *child_state,
                                             uint64_t most,
                                             struct tickets_run *out);

#endif
