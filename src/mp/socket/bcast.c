/* Broadcast: the root sends to rank 0, which sends to all other ranks. A tree
 * would spread the sends over the ranks, but on one machine all copies share
 * the same memory bandwidth.
 * Cost: p - 1 messages of n bytes. */
#include "call_check.h"
#include "channel.h"
#include "socket_collectives.h"

cohort_status socket_bcast(struct world *base, const struct call *call,
                           void *data, size_t bytes)
{
	struct wait wait = mp_group_wait(base, call);
	const int root = call->root;
	cohort_status status = call_check(&wait, NULL);

	if (status != COHORT_OK || bytes == 0)
		return status;
	if (base->rank != 0)
		return base->rank == root ? channel_send(&wait, 0, data, bytes)
		                          : channel_recv(&wait, 0, data, bytes);
	if (root != 0)
		status = channel_recv(&wait, root, data, bytes);
	for (int r = 1; r < base->size && status == COHORT_OK; r++)
		if (r != root)
			status = channel_send(&wait, r, data, bytes);
	return status;
}
