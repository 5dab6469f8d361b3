#include "zero_copy.h"

/* A copy of so many bytes takes a millisecond or two. */
enum { PIECE_BYTES = 8 * 1024 * 1024 };

void zero_copy_offer(struct rendezvous *rdv, const void *data, size_t bytes)
{
	rdv->offer = arena_shares(rdv->arena, data, bytes) ? data : NULL;
	rendezvous_attach(rdv, &rdv->offer, sizeof(rdv->offer));
}

static const void *offered_buffer(const struct rendezvous *rdv, int r)
{
	const void *buffer;

	if (r == rdv->rank)
		return rdv->offer;
	memcpy(&buffer, rendezvous_arrival(rdv, r)->payload, sizeof(buffer));
	return buffer;
}

bool zero_copy_offered(const struct rendezvous *rdv, int r)
{
	return offered_buffer(rdv, r) != NULL;
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

cohort_status zero_copy_find(struct rendezvous *rdv, int r, size_t bytes,
                             const void **out)
{
	*out = offered_buffer(rdv, r);
	return *out ? zero_copy_open(rdv, r, *out, bytes) : COHORT_OK;
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
