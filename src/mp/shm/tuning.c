#include "tuning.h"

#include "mp/arena.h"
#include "slot.h"
#include "slot_ahead.h"

enum { KIB = 1024, MIB = 1024 * 1024 };

/*
 * If ranks fit, to hand a slice over costs a cache line, so slices are small. A
 * round is larger than the cache beside a core: as long as a reader has a line
 * in that cache, the line is slow to write again.
 *
 * If they do not fit, to hand a slice over costs a switch of processes, so
 * there are few slices. The rounds of all ranks together should fit the cache
 * that the cores share. One rank that streams alone has that cache for itself,
 * and is faster with fewer slices.
 */
const struct tuning tuning_tables[] = {
    [TUNING_CROWDED] = {.block = 256 * KIB,
                        .all = {256 * KIB, MIB},
                        .one = {256 * KIB, MIB},
                        .one_long = {MIB, RING_BYTES}},
    [TUNING_FITTING] = {.block = 128 * KIB,
                        .all = {128 * KIB, 2 * MIB},
                        .one = {32 * KIB, 2 * MIB},
                        .one_long = {32 * KIB, 2 * MIB}},
};

/* With more ranks than cores the slots of all ranks together take as much
 * memory as those of two ranks that fit, so that they stay in the cache that
 * the cores share. */
static size_t slots_room(int size, bool fits)
{
	size_t room = SLOTS_BYTES;

	for (int ranks = 2; !fits && ranks < size; ranks *= 2)
		room /= 2;
	return room > SLOT_SMALL ? room : SLOT_SMALL;
}

/* The slots of all ranks in all sets should not take more than twice what those
 * of two ranks that fit do. */
static size_t slot_most(int size, bool fits)
{
	const size_t budget = (size_t)2 * 2 * ARRIVALS * SLOTS_BYTES;
	const size_t each = budget / ((size_t)ARRIVALS * (size_t)size);

	return fits || each > SLOT_BYTES ? SLOT_BYTES : each;
}

/* Up to so many bytes every rank reduces all contributions, instead of its
 * share of them. That is two rendezvous less. A rank then reads p - 1
 * contributions where it would read less than two: of two ranks none reads
 * more, and ranks that do not fit pay most for a rendezvous. */
static size_t reduce_alone(int size, bool fits)
{
	return fits && size > 2 ? 2 * KIB : SLOT_BYTES;
}

void tuning_prepare(struct shm_plane *plane, int size, bool fits)
{
	plane->fits = fits;
	plane->flat = fits && size <= FLAT_MOST;
	plane->in_step = plane->flat;
	plane->slots_room = slots_room(size, fits);
	plane->slot_most = slot_most(size, fits);
	plane->takes_ahead = fits && size > 1 && slot_ahead_possible();
	plane->reduce_alone = reduce_alone(size, fits);
}
