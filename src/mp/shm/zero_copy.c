#include "zero_copy.h"

/* Between looks at whether the world is whole: a millisecond or two. */
enum { PIECE_BYTES = 8 * 1024 * 1024 };

void zero_copy_offer(struct rendezvous *rdv, const void *data, size_t bytes)
{
	rdv->offer = arena_shares(rdv->arena, data, bytes) ? data : NULL;
	rendezvous_attach(rdv, &rdv->offer, sizeof(rdv->offer));
}

static const void *offer_of(const struct rendezvous *rdv, int r)
{
	const void *shared;

	if (r == rdv->rank)
		return rdv->offer;
	memcpy(&shared, rendezvous_arrival(rdv, r)->payload, sizeof(shared));
	return shared;
}

bool zero_copy_offered(const struct rendezvous *rdv, int r)
{
	return offer_of(rdv, r) != NULL;
}

cohort_status zero_copy_open(struct rendezvous *rdv, const void *data,
                             size_t bytes)
{
	return arena_open(&rdv->plane->arena, data, bytes)
	           ? COHORT_OK
	           : wait_failed(&rdv->wait);
}

cohort_status zero_copy_find(struct rendezvous *rdv, int r, size_t bytes,
                             const void **out)
{
	*out = offer_of(rdv, r);
	return *out ? zero_copy_open(rdv, *out, bytes) : COHORT_OK;
}

void zero_copy_done(struct rendezvous *rdv, int r)
{
	struct rank_sync *rank_sync = &rdv->arena->syncs[r];
	const uint64_t drained =
	    atomic_load_explicit(&rank_sync->drained, memory_order_acquire);

	rendezvous_advance(rdv, &rank_sync->drained, drained + 1);
}

cohort_status zero_copy_await(struct rendezvous *rdv)
{
	struct rank_sync *rank_sync = &rdv->arena->syncs[rdv->rank];
	const uint64_t sent =
	    atomic_load_explicit(&rank_sync->sent, memory_order_relaxed) + 1;

	atomic_store_explicit(&rank_sync->sent, sent, memory_order_relaxed);
	return rendezvous_await(rdv, &rank_sync->drained, sent,
	                        rdv->wait.call->root);
}

cohort_status zero_copy_read(const struct rendezvous *rdv, copy_function *copy,
                             void *to, const void *from, size_t bytes)
{
	cohort_status status = COHORT_OK;

	for (size_t at = 0; at < bytes && status == COHORT_OK;
	     at += PIECE_BYTES) {
		const size_t left = bytes - at;
		copy((unsigned char *)to + at, (const unsigned char *)from + at,
		     left < PIECE_BYTES ? left : PIECE_BYTES);
		status = wait_check(&rdv->wait);
	}
	return status;
}
