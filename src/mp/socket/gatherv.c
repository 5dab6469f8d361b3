/* Gather: every rank sends its part to rank 0. If the root is another rank,
 * rank 0 passes the parts on in rank order, a piece at a time.
 * Cost: p - 1 messages, and p - 1 more if the root is not rank 0. */
#include "call_check.h"
#include "channel.h"
#include "socket_collectives.h"
#include "sockets.h"

#include <string.h>

enum { RELAY_BYTES = 64 * 1024 };

/* Rank 0: pass `bytes` bytes on from rank `from` to rank `to`. */
static cohort_status relay(struct wait *wait, int from, int to, size_t bytes)
{
	unsigned char piece[RELAY_BYTES];
	cohort_status status = COHORT_OK;

	while (bytes > 0 && status == COHORT_OK) {
		const size_t n = bytes < RELAY_BYTES ? bytes : RELAY_BYTES;
		status = channel_recv(wait, from, piece, n);
		if (status == COHORT_OK)
			status = channel_send(wait, to, piece, n);
		bytes -= n;
	}
	return status;
}

/* Rank 0, if it is not the root: send its own part, then pass on the parts of
 * all others but the root. The call check has left the counts in the
 * scratch. */
static cohort_status relay_all(struct wait *wait, int root, const void *send,
                               size_t width)
{
	const struct mp_world *world = wait->world;
	const size_t *counts = sockets_of(world)->counts;
	cohort_status status =
	    channel_send(wait, root, send, (size_t)wait->call->count * width);

	for (int r = 1; r < world->size && status == COHORT_OK; r++)
		if (r != root)
			status = relay(wait, r, root, counts[r] * width);
	return status;
}

/* The root: receive every part into its place, and copy its own. */
static cohort_status gather_parts(struct wait *wait, const void *send,
                                  void *recv, const size_t counts[],
                                  size_t width)
{
	const struct mp_world *world = wait->world;
	unsigned char *to = recv;
	cohort_status status = COHORT_OK;

	for (int r = 0; r < world->size && status == COHORT_OK; r++) {
		const size_t bytes = counts[r] * width;
		if (r != world->rank)
			status = channel_recv(wait, world->rank == 0 ? r : 0,
			                      to, bytes);
		else if (bytes > 0 && send != to)
			memcpy(to, send, bytes);
		to += bytes;
	}
	return status;
}

cohort_status socket_gatherv(struct world *base, const struct call *call,
                             const void *send, void *recv,
                             const size_t counts[], size_t width)
{
	struct wait wait = mp_group_wait(base, call);
	const int root = call->root;
	cohort_status status = call_check(&wait, counts);

	if (status != COHORT_OK)
		return status;
	if (base->rank == root)
		return gather_parts(&wait, send, recv, counts, width);
	if (base->rank == 0)
		return relay_all(&wait, root, send, width);
	return channel_send(&wait, 0, send, (size_t)call->count * width);
}
