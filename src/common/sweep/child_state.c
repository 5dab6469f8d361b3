#include "child_state.h"

#include "common/base/clock.h"
#include "common/base/memory.h"

struct child_state *child_state_create(bool with_channel)
{
	struct child_state *state = memory_share(sizeof(*state));

	if (!state) {
		error_sys("cohort_scatter: mmap");
		return NULL;
	}
	state->channel = (struct ticket_channel){-1, -1};
	if (with_channel && !ticket_channel_open(&state->channel)) {
		error_sys("cohort_scatter: socketpair");
		memory_unshare(state, sizeof(*state));
		return NULL;
	}
	return state;
}

void child_state_free(struct child_state *state)
{
	ticket_channel_close(&state->channel);
	memory_unshare(state, sizeof(*state));
}

void child_state_clear(struct child_state *state)
{
	atomic_store(&state->begun, 0);
	atomic_store(&state->halt, 0);
	atomic_store(&state->outcome.complete, 0);
	ticket_channel_drain(&state->channel);
}

void child_state_task_begins(struct child_state *state, uint64_t number)
{
	atomic_store_explicit(&state->number, number, memory_order_relaxed);
	atomic_store_explicit(&state->begun, clock_ns(), memory_order_release);
}

void child_state_task_ends(struct child_state *state,
                           const struct cursor *cursor)
{
	child_state_keep_cursor(state, cursor);
	/* Release: whoever sees that no task runs sees the new cursor. */
	atomic_store_explicit(&state->begun, 0, memory_order_release);
}

void child_state_keep_cursor(struct child_state *state,
                             const struct cursor *cursor)
{
	double_buffer_write(&state->cursor, cursor, sizeof(*cursor));
}

void child_state_read_cursor(const struct child_state *state,
                             struct cursor *out)
{
	/* The rank has written one before it forked, so there is one. */
	double_buffer_read(&state->cursor, out, sizeof(*out));
}

bool child_state_halted(const struct child_state *state)
{
	return atomic_load_explicit(&state->halt, memory_order_relaxed);
}
