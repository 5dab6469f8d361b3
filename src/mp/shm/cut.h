/*
 * How data is cut, by its size and by whether the ranks fit the cores: the one
 * table of thresholds. bench/ has the program that measures them.
 */
#ifndef COHORT_MP_SHM_CUT_H
#define COHORT_MP_SHM_CUT_H

#include "copy.h"
#include "meet.h"

struct cut {
	/* Bytes that every rank reduces for itself from all slots, rather than
	 * its share of them: more work, one meeting less. */
	size_t reduce_alone;
	size_t slice; /* of a stream through a ring, and of an allgather */
	size_t block; /* of an allreduce */
};

/* `crowded`: more ranks than cores. A meeting or a hand-over then costs a
 * switch of processes, so there are to be few; otherwise it costs a cache
 * line. Then what moves is to be small, but the ring is to be larger than the
 * cache beside a core: a line that the reader still has there is slow to write
 * again, one that has been evicted from it is not. */
#define ROUND_BYTES ((size_t)2 * 1024 * 1024)

/* A call that writes so many bytes on this rank writes them past the caches. */
#define PAST_BYTES ((size_t)4 * 1024 * 1024)

static inline copy_function *cut_copy(size_t bytes)
{
	return bytes < PAST_BYTES ? shm_copy : shm_copy_past;
}

/* How many places of `bytes` bytes a ring has, to be used in turns. */
static inline size_t cut_turns(size_t bytes)
{
	return (bytes > ROUND_BYTES / 4 ? RING_BYTES : ROUND_BYTES) / bytes;
}

/* What follows from whether the ranks fit the cores, once for each world. Of a
 * slot, two ranks use all the places that there are; with more ranks than cores
 * those of all together are to be no more than that, and stay in the cache that
 * the cores share. */
static inline void cut_prepare(struct mp_world *world, bool fits)
{
	size_t room = SLOTS_BYTES;

	for (int ranks = 2; !fits && ranks < world->size; ranks *= 2)
		room /= 2;

	world->fits = fits;
	world->flat = fits && world->size <= FLAT_MOST;
	world->slots_room = room > SLOT_BYTES ? room : SLOT_BYTES;
}

static inline struct cut cut_for(const struct meet *meet)
{
	static const struct cut fitting = {
	    .reduce_alone = 2 * 1024,
	    .slice = 32 * 1024,
	    .block = 64 * 1024,
	};
	static const struct cut crowded = {
	    .reduce_alone = SLOT_BYTES,
	    .slice = RING_BYTES / 4,
	    .block = RING_BYTES / 4,
	};

	return meet->wait.world->fits ? fitting : crowded;
}

#endif
