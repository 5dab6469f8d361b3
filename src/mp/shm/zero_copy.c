#include "zero_copy.h"

#include "rendezvous.h"
#include "single_copy.h"

/* A copy of so many bytes takes a millisecond or two. */
enum { PIECE_BYTES = 8 * 1024 * 1024 };

void zero_copy_offer(struct rendezvous *rdv, const void *data, size_t bytes)
{
	rdv->offer = (struct buffer_offer){
	    .data = arena_shares(rdv->arena, data, bytes) ? data : NULL,
	};
	rendezvous_attach(rdv, &rdv->offer, sizeof(rdv->offer));
}

static struct buffer_offer offer_of(const struct rendezvous *rdv, int r)
{
	struct buffer_offer offer;

	if (r == rdv->rank)
		return rdv->offer;
	memcpy(&offer, rendezvous_arrival(rdv, r)->payload, sizeof(offer));
	return offer;
}

bool zero_copy_offered(const struct rendezvous *rdv, int r)
{
	return offer_of(rdv, r).data != NULL;
}

enum single_copy_way zero_copy_way(const struct rendezvous *rdv, int r)
{
	const struct buffer_offer offer = offer_of(rdv, r);

	if (!offer.data)
		return SINGLE_COPY_NO;
	return offer.is_private ? SINGLE_COPY_YES : SINGLE_COPY_WAYS;
}

cohort_status zero_copy_open(struct rendezvous *rdv, int r, const void *data,
                             size_t bytes)
{
	const struct world_failure damaged = {
	    .reason = WORLD_FAILURE_DAMAGED,
	    .a = r,
	    .b = rdv->rank,
	};

	/* cohort_alloc gives a rank memory of its own heap only. */
	if (!arena_in_heap(rdv->arena, r, data, bytes))
		return wait_break(&rdv->wait, &damaged);
	return arena_open(&rdv->plane->arena, data, bytes)
	           ? COHORT_OK
	           : wait_call_failed(&rdv->wait, FAILED_MPROTECT);
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

cohort_status zero_copy_take(struct rendezvous *rdv, int r, copy_function *copy,
                             void *to, size_t bytes, bool *read)
{
	const struct buffer_offer offer = offer_of(rdv, r);

	if (offer.is_private)
		return single_copy_read(rdv, r, to, offer.data, bytes, read);
	*read = true;
	cohort_status status = zero_copy_open(rdv, r, offer.data, bytes);
	return status == COHORT_OK
	           ? zero_copy_read(rdv, copy, to, offer.data, bytes)
	           : status;
}

/* All that could not read write the same number. Nobody reads the word later
 * than the next rendezvous that all ranks join, and nobody writes it again
 * before that. */
cohort_status zero_copy_end(struct rendezvous *rdv, bool read, bool *all)
{
	_Atomic uint64_t *unread = &rdv->arena->barrier->unread;

	rendezvous_next(rdv);
	if (!read)
		atomic_store_explicit(unread, rdv->number,
		                      memory_order_relaxed);
	cohort_status status = rendezvous_join(rdv);
	*all =
	    atomic_load_explicit(unread, memory_order_relaxed) != rdv->number;
	return status;
}
