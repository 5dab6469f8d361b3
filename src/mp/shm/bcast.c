/*
 * Broadcast: chooses the algorithm, and broadcasts up to SLOT_BYTES. The root
 * brings the data in its arrival or its slot, and leaves; the others copy it as
 * soon as the root has arrived. Cost: one rendezvous, in which ranks wait for
 * the root only (early_leave.h); n bytes in, n bytes out.
 *
 * Larger data begins with a rendezvous too. It tells whether the root offers
 * its buffer, and that all ranks have left the previous call, so that the
 * root's ring is free. Then bcast_zero_copy.c or bcast_stream.c moves the data.
 */
#include "bcast_stream.h"
#include "bcast_zero_copy.h"
#include "early_leave.h"
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

static cohort_status bcast_arrive(struct rendezvous *rdv)
{
	bool last;
	cohort_status status = early_leave_arrive(rdv, &last);

	if (status == COHORT_OK && last)
		rendezvous_release(rdv);
	return status;
}

static cohort_status send_small(struct rendezvous *rdv, const void *data,
                                size_t bytes)
{
	staging_bring(rdv, data, bytes, bytes);
	cohort_status status = bcast_arrive(rdv);
	return status == COHORT_OK ? early_leave(rdv) : status;
}

/* Wait for the root's arrival. Of two ranks, the receiver waits for all others
 * then: it joins. */
static cohort_status await_root(struct rendezvous *rdv, int root)
{
	if (rdv->size == 2)
		return rendezvous_join(rdv);
	cohort_status status = bcast_arrive(rdv);
	if (status == COHORT_OK)
		status = early_leave_await(rdv, root);
	return status == COHORT_OK ? early_leave(rdv) : status;
}

static cohort_status recv_small(struct rendezvous *rdv, void *data,
                                size_t bytes, int root)
{
	cohort_status status = await_root(rdv, root);

	if (status != COHORT_OK || bytes == 0)
		return status;
	staging_take(data, staging_of(rdv, root, bytes), bytes);
	return rendezvous_end(rdv);
}

cohort_status shm_bcast(struct world *base, const struct call *call, void *data,
                        size_t bytes)
{
	struct rendezvous rdv;
	const int root = call->root;

	rendezvous_begin(&rdv, base, call);
	if (base->size == 1)
		return rendezvous_join(&rdv);
	if (bytes > SLOT_BYTES)
		return bcast_large(&rdv, data, bytes, root);
	return base->rank == root ? send_small(&rdv, data, bytes)
	                          : recv_small(&rdv, data, bytes, root);
}
