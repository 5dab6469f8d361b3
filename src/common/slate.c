#define _GNU_SOURCE /* SOCK_CLOEXEC */
#include "slate.h"

#include "clock.h"
#include "memory.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

struct slate *slate_create(bool asks)
{
	struct slate *slate = memory_share(sizeof(*slate));

	if (!slate) {
		error_sys("cohort_scatter: mmap");
		return NULL;
	}
	slate->asking[0] = -1;
	slate->asking[1] = -1;
	if (asks && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	                       slate->asking)) {
		error_sys("cohort_scatter: socketpair");
		memory_unshare(slate, sizeof(*slate));
		return NULL;
	}
	return slate;
}

void slate_free(struct slate *slate)
{
	for (int i = 0; i < 2; i++)
		if (slate->asking[i] >= 0)
			close(slate->asking[i]);
	memory_unshare(slate, sizeof(*slate));
}

/* A question that a dead child has asked, or an answer that it has not read. */
static void drain(int fd)
{
	char letter[sizeof(struct answer)];

	while (fd >= 0 && recv(fd, letter, sizeof(letter), MSG_DONTWAIT) > 0)
		;
}

void slate_clear(struct slate *slate)
{
	atomic_store(&slate->begun, 0);
	atomic_store(&slate->halt, 0);
	atomic_store(&slate->outcome.said, 0);
	drain(slate->asking[0]);
	drain(slate->asking[1]);
}

void slate_task_begins(struct worker *worker)
{
	struct slate *slate = worker->slate;

	atomic_store_explicit(&slate->number, worker->stand.next,
	                      memory_order_relaxed);
	atomic_store_explicit(&slate->begun, clock_ns(), memory_order_release);
}

void slate_keep_stand(struct worker *worker)
{
	struct slate *slate = worker->slate;
	const uint64_t turn = atomic_load(&slate->turn) + 1;

	slate->stands[turn % 2] = worker->stand;
	atomic_store_explicit(&slate->turn, turn, memory_order_release);
}

void slate_task_ends(struct worker *worker)
{
	slate_keep_stand(worker);
	atomic_store_explicit(&worker->slate->begun, 0, memory_order_release);
	/* What it has printed must not die with the next one. */
	fflush(stdout);
}

bool slate_halted(const struct slate *slate)
{
	return atomic_load_explicit(&slate->halt, memory_order_relaxed);
}

cohort_status slate_ask(struct slate *slate, uint64_t most,
                        struct tickets_run *out)
{
	const struct question question = {most};
	struct answer answer;
	ssize_t got;

	/* A parent that is gone is this process's end, too. */
	while (send(slate->asking[0], &question, sizeof(question),
	            MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return error_sys("cohort_scatter: send to the rank");
	do
		got = recv(slate->asking[0], &answer, sizeof(answer), 0);
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(answer))
		return error_sys("cohort_scatter: recv from the rank");
	if (answer.status != COHORT_OK)
		return error_set(answer.status, "%s", answer.sentence);
	*out = answer.tickets;
	return COHORT_OK;
}
