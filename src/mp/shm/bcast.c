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
#include "single_copy.h"
#include "slot_ahead.h"
#include "staging.h"
#include "zero_copy.h"

/* The receiver that measures. */
static int first_receiver(int root)
{
	return root == 0 ? 1 : 0;
}

static cohort_status bcast_move(struct rendezvous *rdv, void *data,
                                size_t bytes, int root)
{
	bool all = false;
	cohort_status status = COHORT_OK;

	if (zero_copy_offered(rdv, root))
		status = bcast_zero_copy(rdv, data, bytes, &all);
	return status == COHORT_OK && !all ? bcast_stream(rdv, data, bytes)
	                                   : status;
}

static cohort_status bcast_large(struct rendezvous *rdv, void *data,
                                 size_t bytes, int root)
{
	const int measures = first_receiver(root);

	if (rdv->rank == root) {
		zero_copy_offer(rdv, data, bytes);
		single_copy_offer(rdv, SINGLE_COPY_BCAST, measures, data,
		                  bytes);
	}
	cohort_status status = rendezvous_join(rdv);
	if (status != COHORT_OK || rdv->rank != measures)
		return status == COHORT_OK ? bcast_move(rdv, data, bytes, root)
		                           : status;
	const struct single_copy_timer timer = single_copy_begin(
	    rdv, SINGLE_COPY_BCAST, zero_copy_way(rdv, root), bytes);
	status = bcast_move(rdv, data, bytes, root);
	single_copy_end(rdv, &timer);
	return status;
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
	slot_ahead_again(rdv, bytes);
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
	slot_ahead_expect(rdv, bytes);
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
