/*
 * How data is cut, by its size and by whether the ranks fit the cores: the one
 * table of thresholds. bench/ has the program that measures them.
 */
#ifndef COHORT_MP_SHM_TUNING_H
#define COHORT_MP_SHM_TUNING_H

#include "copy.h"
#include "rendezvous.h"

/* How a ring is cut into places, to be used in turns. */
struct tuning_ring {
	size_t slice;
	size_t round; /* how much of the ring goes round */
};

struct tuning {
	/* Bytes that every rank reduces for itself from all slots, rather than
	 * its share of them: more work, one meeting less. */
	size_t reduce_alone;
	size_t block;           /* of an allreduce; its ring is that of all */
	struct tuning_ring all; /* streams of all ranks at once */
	struct tuning_ring one; /* a stream of one rank */
	struct tuning_ring one_long; /* if that is longer than a round */
};

/* A rank that receives so many bytes writes them past the caches: of a
 * broadcast, which is one copy of what all read next; and of all parts of a
 * gather, since there is more to write than what anybody has sent. */
#define NONTEMPORAL_BCAST ((size_t)32 * 1024 * 1024)
#define NONTEMPORAL_GATHER ((size_t)4 * 1024 * 1024)

static inline copy_function *tuning_copy(size_t bytes, size_t past)
{
	return bytes < past ? shm_copy : shm_copy_nontemporal;
}

/* What follows from whether the ranks fit the cores, once for each world. With
 * more ranks than cores, slots of all together go round no more room than those
 * of two that fit, and stay in the cache that the cores share. */
static inline void tuning_prepare(struct shm_plane *plane, int size, bool fits)
{
	size_t room = SLOTS_BYTES;

	for (int ranks = 2; !fits && ranks < size; ranks *= 2)
		room /= 2;

	plane->fits = fits;
	plane->flat = fits && size <= FLAT_MOST;
	plane->slots_room = room > SLOT_BYTES ? room : SLOT_BYTES;
}

/*
 * Fitting: a hand-over costs a cache line. What moves is small, and its round is
 * larger than the cache beside a core: a line that the reader still has there is
 * slow to write again. Crowded, more ranks than cores: a hand-over costs a
 * switch of processes, so there are few. The rounds of all ranks are to fit into
 * the cache that the cores share; but one rank that sends much, and has the
 * cache for itself, is better off with fewer hand-overs.
 */
static inline const struct tuning *tuning_for(const struct rendezvous *rdv)
{
	enum { KIB = 1024, MIB = 1024 * 1024 };
	static const struct tuning fitting = {
	    .reduce_alone = 2 * KIB,
	    .block = 128 * KIB,
	    .all = {128 * KIB, 2 * MIB},
	    .one = {32 * KIB, 2 * MIB},
	    .one_long = {32 * KIB, 2 * MIB},
	};
	static const struct tuning crowded = {
	    .reduce_alone = SLOT_BYTES,
	    .block = 256 * KIB,
	    .all = {256 * KIB, MIB},
	    .one = {256 * KIB, MIB},
	    .one_long = {MIB, RING_BYTES},
	};

	return rdv->plane->fits ? &fitting : &crowded;
}

#endif
