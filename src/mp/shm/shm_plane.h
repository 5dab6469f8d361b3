/* One rank's side of the shared-memory transport: its view of the arena, and
 * its own counters and measurements. */
#ifndef COHORT_MP_SHM_SHM_PLANE_H
#define COHORT_MP_SHM_SHM_PLANE_H

#include "adaptive_copy.h"
#include "mp/arena.h"
#include "mp/arena_regions.h"
#include "mp/heap.h"
#include "mp/mp_transport.h"

struct shm_plane {
	struct mp_transport base;
	struct arena arena;
	struct heap heap;             /* of this rank, in the arena */
	struct arena_regions regions; /* in the heap */
	bool fits;                    /* each rank can have a core of its own */
	bool flat;           /* ranks read all arrivals (rendezvous.h) */
	unsigned spin_limit; /* spins before the first yield (backoff.c) */
	unsigned core; /* that this rank last ran on, from 1 (core_share.h) */
	size_t slots_room;         /* bytes of slots in use (staging.h) */
	uint64_t rendezvous_count; /* so far (rendezvous.h) */
	uint64_t streamed; /* slices so far, of streams to all (stream.h) */
	struct copy_state copy_state; /* of this rank (adaptive_copy.h) */
};

#endif
