/*
 * Broadcast: chooses the algorithm, and broadcasts up to SLOT_BYTES. The root
 * brings the data in its arrival or its slot; the others copy it after the
 * rendezvous. Cost: one rendezvous, n bytes in, n bytes out.
 *
 * Larger data begins with a rendezvous too. It tells whether the root offers
 * its buffer, and that all ranks have left the previous call, so that the
 * root's ring is free. Then bcast_zero_copy.c or bcast_stream.c moves the data.
 */
#include "bcast_stream.h"
#include "bcast_zero_copy.h"
#include "rendezvous.h"
#include "shm_collectives.h"
#include "staging.h"
#include "zero_copy.h"

static cohort_status bcast_large(struct rendezvous *rdv, void *data,
                                 size_t bytes, int root)
{
	if (rdv->rank == root)
		zero_copy_offer(rdv, data, bytes);
	cohort_status status = rendezvous_join(rdv);
	if (status != COHORT_OK)
		return status;
	return zero_copy_offered(rdv, root) ? bcast_zero_copy(rdv, data, bytes)
	                                    : bcast_stream(rdv, data, bytes);
}

cohort_status shm_bcast(struct world *base, const struct call *call, void *data,
                        size_t bytes)
{
	struct rendezvous rdv;
	const int root = call->root;
	const bool is_root = base->rank == root;

	rendezvous_begin(&rdv, base, call);
	if (base->size == 1)
		return rendezvous_join(&rdv);
	if (bytes > SLOT_BYTES)
		return bcast_large(&rdv, data, bytes, root);
	if (is_root)
		staging_bring(&rdv, data, bytes, bytes);
	cohort_status status = rendezvous_join(&rdv);
	if (status != COHORT_OK || is_root || bytes == 0)
		return status;
	staging_take(data, staging_of(&rdv, root, bytes), bytes);
	return rendezvous_end(&rdv);
}
