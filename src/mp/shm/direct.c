#include "direct.h"

/* Between looks at whether the world is whole: a millisecond or two. */
enum { PIECE_BYTES = 8 * 1024 * 1024 };

void direct_offer(struct meet *meet, const void *data, size_t bytes)
{
	meet->offer = arena_shares(meet->arena, data, bytes) ? data : NULL;
	meet_bring(meet, &meet->offer, sizeof(meet->offer));
}

static const void *offer_of(const struct meet *meet, int r)
{
	const void *shared;

	if (r == meet->rank)
		return meet->offer;
	memcpy(&shared, meet_flag(meet, r)->payload, sizeof(shared));
	return shared;
}

bool direct_offered(const struct meet *meet, int r)
{
	return offer_of(meet, r) != NULL;
}

cohort_status direct_open(struct meet *meet, const void *data, size_t bytes)
{
	struct mp_world *world = meet->wait.world;

	return arena_open(&world->arena, data, bytes)
	           ? COHORT_OK
	           : wait_failed(&meet->wait);
}

cohort_status direct_find(struct meet *meet, int r, size_t bytes,
                          const void **out)
{
	*out = offer_of(meet, r);
	return *out ? direct_open(meet, *out, bytes) : COHORT_OK;
}

void direct_done(struct meet *meet, int r)
{
	struct desk *desk = &meet->arena->desks[r];
	const uint64_t drained =
	    atomic_load_explicit(&desk->drained, memory_order_acquire);

	meet_advance(meet, &desk->drained, drained + 1);
}

cohort_status direct_await(struct meet *meet)
{
	struct desk *desk = &meet->arena->desks[meet->rank];
	const uint64_t sent =
	    atomic_load_explicit(&desk->sent, memory_order_relaxed) + 1;

	atomic_store_explicit(&desk->sent, sent, memory_order_relaxed);
	return meet_await(meet, &desk->drained, sent, meet->wait.call->root);
}

cohort_status direct_copy(const struct meet *meet, copy_function *copy,
                          void *to, const void *from, size_t bytes)
{
	cohort_status status = COHORT_OK;

	for (size_t at = 0; at < bytes && status == COHORT_OK;
	     at += PIECE_BYTES) {
		const size_t left = bytes - at;
		copy((unsigned char *)to + at, (const unsigned char *)from + at,
		     left < PIECE_BYTES ? left : PIECE_BYTES);
		status = wait_check(&meet->wait);
	}
	return status;
}
