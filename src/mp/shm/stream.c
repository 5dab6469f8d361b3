#include "stream.h"

#include "copy.h"
#include "cut.h"

/* A number of bytes in slices, and where slice number n lies in a ring. */
struct slicing {
	size_t bytes;
	size_t slice;
	size_t turns; /* of the ring */
};

static struct slicing slicing_for(const struct meet *meet, size_t bytes)
{
	const size_t slice = cut_for(meet).slice;

	return (struct slicing){
	    .bytes = bytes,
	    .slice = slice,
	    .turns = cut_turns(slice),
	};
}

static inline size_t slice_bytes(const struct slicing *s, size_t offset)
{
	const size_t left = s->bytes - offset;

	return left < s->slice ? left : s->slice;
}

static inline unsigned char *place(const struct meet *meet,
                                   const struct slicing *s, int owner,
                                   uint64_t number)
{
	return meet->arena->slabs[owner].ring + number % s->turns * s->slice;
}

/* The root: slice `number` may be filled once every reader has taken the one
 * that was there before, if that belonged to this broadcast. */
static cohort_status await_readers(struct meet *meet, uint64_t value)
{
	for (int r = 0; r < meet->size; r++) {
		cohort_status status = COHORT_OK;
		if (r != meet->rank)
			status = meet_await(meet, &meet->arena->desks[r].taken,
			                    value, r);
		if (status != COHORT_OK)
			return status;
	}
	return COHORT_OK;
}

static cohort_status fill(struct meet *meet, const struct slicing *s,
                          const unsigned char *from, uint64_t begin)
{
	struct desk *desk = &meet->arena->desks[meet->rank];
	uint64_t n = begin;

	for (size_t at = 0; at < s->bytes; at += s->slice, n++) {
		if (n - begin >= s->turns) {
			cohort_status status =
			    await_readers(meet, n - s->turns + 1);
			if (status != COHORT_OK)
				return status;
		}
		meet_put(meet, place(meet, s, meet->rank, n), from + at,
		         slice_bytes(s, at));
		meet_advance(meet, &desk->filled, n + 1);
	}
	return COHORT_OK;
}

static cohort_status take(struct meet *meet, const struct slicing *s, int root,
                          unsigned char *to, uint64_t begin)
{
	struct desk *desks = meet->arena->desks;
	copy_function *const copy = cut_copy(s->bytes);
	uint64_t n = begin;

	for (size_t at = 0; at < s->bytes; at += s->slice, n++) {
		cohort_status status =
		    meet_await(meet, &desks[root].filled, n + 1, root);
		if (status != COHORT_OK)
			return status;
		copy(to + at, place(meet, s, root, n), slice_bytes(s, at));
		meet_advance(meet, &desks[meet->rank].taken, n + 1);
	}
	return meet_end(meet);
}

cohort_status stream_bcast(struct meet *meet, void *data, size_t bytes,
                           int root)
{
	struct mp_world *world = meet->wait.world;
	const struct slicing s = slicing_for(meet, bytes);
	const uint64_t begin = world->streamed;

	world->streamed += bytes / s.slice + (bytes % s.slice != 0);
	return meet->rank == root ? fill(meet, &s, data, begin)
	                          : take(meet, &s, root, data, begin);
}

cohort_status stream_send(struct meet *meet, const void *data, size_t bytes)
{
	const struct slicing s = slicing_for(meet, bytes);
	const unsigned char *from = data;
	struct desk *desk = &meet->arena->desks[meet->rank];
	const uint64_t begin =
	    atomic_load_explicit(&desk->sent, memory_order_relaxed);
	uint64_t n = begin;

	for (size_t at = 0; at < bytes; at += s.slice, n++) {
		if (n - begin >= s.turns) {
			cohort_status status =
			    meet_await(meet, &desk->drained, n - s.turns + 1,
			               meet->wait.call->root);
			if (status != COHORT_OK)
				return status;
		}
		meet_put(meet, place(meet, &s, meet->rank, n), from + at,
		         slice_bytes(&s, at));
		meet_advance(meet, &desk->sent, n + 1);
	}
	return COHORT_OK;
}

cohort_status stream_recv(struct meet *meet, int owner, void *data,
                          size_t bytes)
{
	const struct slicing s = slicing_for(meet, bytes);
	unsigned char *to = data;
	copy_function *const copy = cut_copy(bytes);
	struct desk *desk = &meet->arena->desks[owner];
	/* Whatever was sent before has been drained. */
	uint64_t n = atomic_load_explicit(&desk->drained, memory_order_acquire);

	for (size_t at = 0; at < bytes; at += s.slice, n++) {
		cohort_status status =
		    meet_await(meet, &desk->sent, n + 1, owner);
		if (status != COHORT_OK)
			return status;
		copy(to + at, place(meet, &s, owner, n), slice_bytes(&s, at));
		meet_advance(meet, &desk->drained, n + 1);
	}
	return COHORT_OK;
}
