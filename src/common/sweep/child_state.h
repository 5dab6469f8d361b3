/*
 * Memory that a rank shares with the child that runs its tasks. The child keeps
 * its position there, so that the rank can go on from it, in another child,
 * when this one has crashed or was killed.
 *
 * A task may write anywhere in this memory. So the child seals what the rank
 * relies on, with a key that is another one for each child, and the rank takes
 * nothing without its seal. The other words decide only how the task that runs
 * is blamed.
 */
#ifndef COHORT_COMMON_SWEEP_CHILD_STATE_H
#define COHORT_COMMON_SWEEP_CHILD_STATE_H

#include "common/base/double_buffer.h"
#include "common/base/error.h"
#include "cursor.h"

#include <stdbool.h>

struct sealed_cursor {
	struct cursor cursor;
	uint64_t seal;
};

_Static_assert(sizeof(struct sealed_cursor) <= DOUBLE_BUFFER_BYTES,
               "a cursor fits a double buffer");

/* A child that has done its work leaves its status here. */
struct child_outcome {
	_Atomic uint64_t seal; /* of the other fields; 0: not written */
	cohort_status status;
	char sentence[ERROR_BYTES];
};

struct child_state {
	struct double_buffer cursor;
	/* The task that runs, as a position in the todo list, and when it
	 * began, in ns. If `begun` is 0 no task runs. */
	_Atomic uint64_t number;
	_Atomic int64_t begun;
	_Atomic int halt;         /* the child leaves after its current task */
	_Atomic uint64_t aborted; /* see task_process_become */
	_Atomic int left;         /* how execute was left; see group.h */
	struct child_outcome outcome;
};

/* A key that this process has not used before; never 0. */
uint64_t child_state_new_key(void);

/* The key of child number `child` of a rank whose first key this is. */
static inline uint64_t child_state_key(uint64_t first, uint64_t child)
{
	return first + 2 * child * 0x9e3779b97f4a7c15;
}

/* Shared with the children that are forked from now on. NULL with errno set. */
struct child_state *child_state_create(void);
void child_state_free(struct child_state *state);

/* Before the next child is forked: forget what the last one has left, but for
 * the cursor. */
void child_state_clear(struct child_state *state);

/* In the child, at the time `now` of clock_ns. From now on its death is this
 * task's failure. */
void child_state_task_begins(struct child_state *state, uint64_t number,
                             int64_t now);

/* In the child: the task is done, and its result is kept. */
void child_state_task_ends(struct child_state *state, uint64_t key,
                           const struct cursor *cursor);

/* In the child, after a claim; in the rank, before it forks one. */
void child_state_keep_cursor(struct child_state *state, uint64_t key,
                             const struct cursor *cursor);

/* In the rank, when the child has ended. False if the cursor is damaged. */
bool child_state_read_cursor(const struct child_state *state, uint64_t key,
                             struct cursor *out);

/* In the child: it has done its work, with this status and the thread's last
 * sentence. */
void child_state_complete(struct child_state *state, uint64_t key,
                          cohort_status status);

/* In the rank, when the child has ended: whether it had done its work. *status
 * receives the child's, with its sentence written. */
bool child_state_completed(const struct child_state *state, uint64_t key,
                           cohort_status *status);

/* In the rank: whether the child has called cohort_abort, and with which
 * code. */
bool child_state_aborted(const struct child_state *state, uint64_t key,
                         int *exit_code);

/* In the child: whether the rank wants it to leave. */
bool child_state_halted(const struct child_state *state);

#endif
