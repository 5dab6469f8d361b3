#define _GNU_SOURCE /* SOCK_CLOEXEC */
#include "child_state.h"

#include "common/base/clock.h"
#include "common/base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

struct child_state *child_state_create(bool asks)
{
	struct child_state *child_state = memory_share(sizeof(*child_state));

	if (!child_state) {
		error_sys("cohort_scatter: mmap");
		return NULL;
	}
	child_state->asking[0] = -1;
	child_state->asking[1] = -1;
	if (asks && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	                       child_state->asking)) {
		error_sys("cohort_scatter: socketpair");
		memory_unshare(child_state, sizeof(*child_state));
		return NULL;
	}
	return child_state;
}

void child_state_free(struct child_state *child_state)
{
	for (int i = 0; i < 2; i++)
		if (child_state->asking[i] >= 0)
			close(child_state->asking[i]);
	memory_unshare(child_state, sizeof(*child_state));
}

/* A question that a dead child has asked, or an answer that it has not read. */
static void drain(int fd)
{
	char letter[sizeof(struct answer)];

	while (fd >= 0 && recv(fd, letter, sizeof(letter), MSG_DONTWAIT) > 0)
		;
}

void child_state_clear(struct child_state *child_state)
{
	atomic_store(&child_state->begun, 0);
	atomic_store(&child_state->halt, 0);
	atomic_store(&child_state->outcome.said, 0);
	drain(child_state->asking[0]);
	drain(child_state->asking[1]);
}

void child_state_task_begins(struct worker *worker)
{
	struct child_state *child_state = worker->child_state;

	atomic_store_explicit(&child_state->number, worker->cursor.next,
	                      memory_order_relaxed);
	atomic_store_explicit(&child_state->begun, clock_ns(),
	                      memory_order_release);
}

void child_state_keep_cursor(struct worker *worker)
{
	struct child_state *child_state = worker->child_state;
	const uint64_t turn = atomic_load(&child_state->turn) + 1;

	child_state->cursors[turn % 2] = worker->cursor;
	atomic_store_explicit(&child_state->turn, turn, memory_order_release);
}

void child_state_task_ends(struct worker *worker)
{
	child_state_keep_cursor(worker);
	atomic_store_explicit(&worker->child_state->begun, 0,
	                      memory_order_release);
	/* What it has printed must not die with the next one. */
	fflush(stdout);
}

bool child_state_halted(const struct child_state *child_state)
{
	return atomic_load_explicit(&child_state->halt, memory_order_relaxed);
}

cohort_status child_state_ask(struct child_state *child_state, uint64_t most,
                              struct tickets_run *out)
{
	const struct question question = {most};
	struct answer answer;
	ssize_t got;

	/* A parent that is gone is this process's end, too. */
	while (send(child_state->asking[0], &question, sizeof(question),
	            MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return error_sys("cohort_scatter: send to the rank");
	do
		got = recv(child_state->asking[0], &answer, sizeof(answer), 0);
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(answer))
		return error_sys("cohort_scatter: recv from the rank");
	if (answer.status != COHORT_OK)
		return error_set(answer.status, "%s", answer.sentence);
	*out = answer.tickets;
	return COHORT_OK;
}
