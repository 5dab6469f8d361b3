/*
 * Memory that a rank shares with the child that runs its tasks. The child keeps
 * its position there, so that the rank can go on from it, in another child,
 * when this one has crashed or was killed.
 */
#ifndef COHORT_COMMON_SWEEP_CHILD_STATE_H
#define COHORT_COMMON_SWEEP_CHILD_STATE_H

#include "common/base/double_buffer.h"
#include "common/base/error.h"
#include "cursor.h"
#include "ticket_request.h"

_Static_assert(sizeof(struct cursor) <= DOUBLE_BUFFER_BYTES,
               "a cursor fits a double buffer");

/* A child that has done its work leaves its status here. */
struct child_outcome {
	_Atomic int complete; /* the other fields are written */
	cohort_status status;
	char sentence[ERROR_BYTES];
};

struct child_state {
	struct double_buffer cursor;
	/* The task that runs, as a position in the todo list, and when it began,
	 * in ns. If `begun` is 0 no task runs. */
	_Atomic uint64_t number;
	_Atomic int64_t begun;
	_Atomic int halt;    /* the child leaves after its current task */
	_Atomic int aborted; /* see group_become_task */
	struct child_outcome outcome;
	struct ticket_channel channel;
};

/* Shared with the children that are forked from now on. With a channel if they
 * may not claim tickets themselves. NULL with the sentence written. */
struct child_state *child_state_create(bool with_channel);
void child_state_free(struct child_state *state);

/* Before the next child is forked: forget what the last one has left, but for
 * the cursor. */
void child_state_clear(struct child_state *state);

/* In the child. From now on its death is this task's failure. */
void child_state_task_begins(struct child_state *state, uint64_t number);

/* In the child: the task is done, and its result is kept. */
void child_state_task_ends(struct child_state *state,
                           const struct cursor *cursor);

/* In the child, after a claim; in the rank, before it forks one. */
void child_state_keep_cursor(struct child_state *state,
                             const struct cursor *cursor);

/* In the rank, when the child has ended. */
void child_state_read_cursor(const struct child_state *state,
                             struct cursor *out);

/* In the child: whether the rank wants it to leave. */
bool child_state_halted(const struct child_state *state);

#endif
