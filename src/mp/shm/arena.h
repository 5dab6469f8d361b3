/*
 * The memory that data moves through: mapped before the fork, so it lies at
 * the same address in every rank; reserved whole, and backed by pages only
 * where it is touched.
 *
 *	hall       words that everybody reads and writes
 *	results    of what one rank works out for all
 *	desk       for each rank: its flags and counters
 *	slab       for each rank: slots, a ring
 *	heap       for each rank: what the program allocates (heap.h)
 *
 * Slots hold what is not larger than one, for even meetings and for odd ones,
 * and results likewise. Rings are for what is larger, and are touched by nobody
 * before that. Where in its room a slot lies goes round (slot.h): a line that
 * its last reader still has in the cache beside its core is slow to write again,
 * one that has been evicted from it is not.
 *
 * Heaps get as much address space as there is memory, or what the limits leave;
 * this process may not touch it before it has opened it, so that whoever looks
 * at all that a process can read (a leak checker, a debugger) does not fill it
 * with pages.
 */
#ifndef COHORT_MP_SHM_ARENA_H
#define COHORT_MP_SHM_ARENA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PAIR_BYTES = 128,   /* two cache lines, which are fetched together */
	PAYLOAD_BYTES = 48, /* what travels in a flag's own cache line */
	SLOT_BYTES = 64 * 1024,
	SLOTS_BYTES = 1024 * 1024, /* of each parity, at most */
	RING_BYTES = 4 * 1024 * 1024,
	CORES_MOST = 64
};

/* That a rank has come to a meeting, what for, and a little luggage: one cache
 * line, written by its rank only. */
struct arrival {
	_Alignas(64) _Atomic uint64_t number;
	uint64_t signature;
	unsigned char payload[PAYLOAD_BYTES];
};

struct rank_sync {
	_Alignas(
	    PAIR_BYTES) struct arrival arrivals[2]; /* by meeting's parity */
	/* Broadcasts and allgathers: slices that this rank, as an owner, has
	 * put into its ring, and that it has taken out of the owners'; both
	 * numbered over all such streams of the world. */
	_Alignas(PAIR_BYTES) _Atomic uint64_t filled;
	_Alignas(PAIR_BYTES) _Atomic uint64_t taken;
	/* Gathers: slices that this rank has put into its ring, and, written
	 * by the root, how many of them are out again. */
	_Alignas(PAIR_BYTES) _Atomic uint64_t sent;
	_Alignas(PAIR_BYTES) _Atomic uint64_t drained;
};

/* The ranks that take turns on one core (core.h). */
struct core_share {
	_Alignas(PAIR_BYTES) _Atomic uint64_t arrived;
	_Atomic uint32_t residents;
};

struct barrier {
	/* How many have come to all meetings so far, taken together. */
	_Alignas(PAIR_BYTES) _Atomic uint64_t arrived;
	/* The last meeting that everybody has come to. */
	_Alignas(PAIR_BYTES) _Atomic uint64_t complete;
	unsigned char payload[PAYLOAD_BYTES]; /* what the last to come left */
	struct core_share cores[CORES_MOST];  /* by number, modulo */
};

struct slab {
	unsigned char slots[2][SLOTS_BYTES];
	unsigned char ring[RING_BYTES];
};

struct arena {
	size_t bytes;
	struct barrier *barrier;
	struct rank_sync *syncs;
	unsigned char (*results)[SLOTS_BYTES]; /* two, by meeting's parity */
	struct slab *slabs;
	unsigned char *heaps;
	size_t heap_bytes; /* of each rank */
	size_t *opened;    /* of each rank's heap, from its beginning on */
	int ranks;
	bool removes; /* pages can be dropped */
};

/* 0, or -1 with errno. */
int arena_map(struct arena *arena, int ranks);
void arena_unmap(struct arena *arena);

/* Open these bytes of somebody's heap for this process. False, with errno, if
 * the system refuses. The cost of what is open already is a comparison. */
bool arena_open(struct arena *arena, const void *data, size_t bytes);

/* Drop what is in these pages of a heap as far as they are open here: they cost
 * nothing from then on, and are zero the next time. */
void arena_clear(struct arena *arena, void *data, size_t bytes);

/* Whether all ranks can reach these bytes where they are. */
bool arena_shares(const struct arena *arena, const void *data, size_t bytes);

#endif
