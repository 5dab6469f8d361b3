/*
 * The memory that data moves through. It is mapped before the fork, so it has
 * the same address in every rank. All of it is reserved at once, and only pages
 * that are touched take memory.
 *
 *	barrier    the words of the counted barrier
 *	syncs      for each rank: its arrivals and the counters of its streams
 *	results    results that one rank computes for all
 *	slabs      for each rank: its slots and its ring
 *	heaps      for each rank: memory for cohort_alloc (heap.h)
 *
 * Slots hold data of SLOT_BYTES at most. There are ARRIVALS sets of slots for
 * each rank, and as many for results. slot.h says where in the set a slot is.
 * Rings hold larger data; their pages are not touched before that.
 *
 * A heap is as large as the memory of the machine, or as the limits of the
 * process allow. A process may not read or write it before it has called
 * arena_open: otherwise a leak checker or a debugger, which reads all memory
 * that a process may read, would fill the heap with pages.
 */
#ifndef COHORT_MP_ARENA_H
#define COHORT_MP_ARENA_H

#include "common/base/cache_line.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PAYLOAD_BYTES = 48, /* of an arrival, in its cache line */
	/* Arrivals of each rank, and sets of slots: they are used in turns, by
	 * number of the rendezvous (shm/rendezvous.h). */
	ARRIVALS = 8,
	SLOT_BYTES = 64 * 1024,
	SLOTS_BYTES = 256 * 1024, /* in each set */
	RING_BYTES = 4 * 1024 * 1024,
	CORES_MOST = 64
};

/* A rank has arrived at the rendezvous `number`. One cache line, which only
 * that rank writes. */
struct arrival {
	_Alignas(64) _Atomic uint64_t number;
	uint64_t signature; /* of the call that the rank makes */
	unsigned char payload[PAYLOAD_BYTES];
};

struct rank_sync {
	/* By number of the rendezvous, modulo ARRIVALS. */
	_Alignas(CACHE_PAIR_BYTES) struct arrival arrivals[ARRIVALS];
	/* Slices that this rank has written into its ring in broadcasts and
	 * allgathers (stream.h), since the start. */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t filled;
	/* Slices that this rank has copied from the rings of others in
	 * broadcasts and allgathers, since the start. */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t taken;
	/* Slices that this rank has written for the roots of gathers
	 * (gather_stream.h), since the start. */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t sent;
	/* Slices of this rank that roots of gathers have read. The roots write
	 * this counter. */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t drained;
	/* A bit for each use and size for which this rank wishes to read data
	 * from the memory of others (shm/single_copy.h). */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t wishes;
	/* Not 0: some rank could not read this one's memory. */
	_Atomic uint32_t unreadable;
};

/* The ranks that take turns on one core (core_share.h). */
struct core_share {
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t arrived;
	_Atomic uint32_t residents;
};

struct barrier {
	/* Arrivals of all ranks so far, at the rendezvous whose number modulo
	 * ARRIVALS is the index. */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t arrived[ARRIVALS];
	/* Number of the latest rendezvous at which all ranks have arrived. */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t complete;
	unsigned char payload[PAYLOAD_BYTES]; /* a small result for all */
	struct core_share cores[CORES_MOST];  /* by core, modulo CORES_MOST */
	/* Number of the latest rendezvous to which a rank came without data
	 * that it could not read (shm/zero_copy.h). */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t unread;
};

struct slab {
	unsigned char slots[ARRIVALS][SLOTS_BYTES];
	unsigned char ring[RING_BYTES];
};

struct arena {
	size_t bytes;
	struct barrier *barrier;
	struct rank_sync *syncs;
	unsigned char (*results)[SLOTS_BYTES]; /* ARRIVALS sets */
	struct slab *slabs;
	unsigned char *heaps;
	size_t heap_bytes;      /* of each rank's heap */
	_Atomic size_t *opened; /* by rank: bytes of its heap open here */
	int ranks;
	bool removes; /* MADV_REMOVE drops pages */
};

/* 0, or -1 with errno; *failed is then the name of the call that has failed. */
int arena_map(struct arena *arena, int ranks, const char **failed);
void arena_unmap(struct arena *arena);

/* Only the heaps are needed from now on: return the other pages to the
 * system. */
void arena_keep_heaps(const struct arena *arena);

/* Let this process read and write these bytes of any rank's heap. False, with
 * errno, if the system refuses. Cost: a comparison if they are open already. */
bool arena_open(struct arena *arena, const void *data, size_t bytes);

/* In a forked copy of a rank: make all of the arena that is open here
 * unwritable for this process. False, with errno, if the system refuses. */
bool arena_shut(const struct arena *arena);

/* Make these bytes of a heap, as far as they are open here, writable for this
 * process or unwritable. They are whole pages. False, with errno, if the system
 * refuses. */
bool arena_write(const struct arena *arena, void *data, size_t bytes,
                 bool writable);

/* Zero these bytes of a heap, as far as they are open here, and return their
 * pages to the system. Those behind the first `written` are zero already, where
 * the system cannot take pages back. */
void arena_clear(struct arena *arena, void *data, size_t bytes, size_t written);

/* Whether `word` is a word of 64 bits in front of the slabs, where the counters
 * are. */
bool arena_holds_word(const struct arena *arena, const void *word);

/* Whether these bytes lie in the heap of rank r. */
bool arena_in_heap(const struct arena *arena, int r, const void *data,
                   size_t bytes);

/* Whether these bytes lie in the heaps, so that all ranks can read them. */
bool arena_shares(const struct arena *arena, const void *data, size_t bytes);

#endif
