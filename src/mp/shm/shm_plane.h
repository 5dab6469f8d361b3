/* One rank's side of the shared-memory transport: its view of the arena, and
 * its own counters and measurements. */
#ifndef COHORT_MP_SHM_SHM_PLANE_H
#define COHORT_MP_SHM_SHM_PLANE_H

#include "adaptive_copy.h"
#include "common/base/test_single_copy.h"
#include "mp/arena.h"
#include "mp/arena_regions.h"
#include "mp/heap.h"
#include "mp/mp_transport.h"
#include "single_copy_choice.h"

/* So many of the rendezvous that a rank has left early may be unsettled
 * (early_leave.h). */
enum { EARLY_MOST = ARRIVALS / 2 - 1 };

/* A rendezvous that this rank has left, or may leave, before all ranks have
 * arrived. */
struct early_rendezvous {
	uint64_t number;
	uint64_t signature;
	uint64_t compared; /* the bits of signatures that must be equal */
};

struct early_leaves {
	/* Flat barrier: so many of the last rendezvous are not settled. */
	unsigned unsettled;
	unsigned row;    /* early leaves in a row, up to the last */
	uint64_t latest; /* number of the last rendezvous of the row */
	struct early_rendezvous of[ARRIVALS]; /* by number, modulo ARRIVALS */
};

/* Whether this rank may read the memory of others. */
enum reading { READING_UNKNOWN, READING_ALLOWED, READING_REFUSED };

struct shm_plane {
	struct mp_transport base;
	struct arena arena;
	struct heap heap;             /* of this rank, in the arena */
	struct arena_regions regions; /* in the heap */
	bool fits;                    /* each rank can have a core of its own */
	bool flat; /* ranks read all arrivals (rendezvous.h) */
	/* It is flat, and this rank has settled all rendezvous that it made. */
	bool in_step;
	unsigned spin_limit; /* spins before the first yield (backoff.c) */
	unsigned core; /* that this rank last ran on, from 1 (core_share.h) */
	size_t slots_room;   /* bytes in use of each set of slots (staging.h) */
	size_t slot_most;    /* bytes of a slot in all sets (staging.h) */
	size_t reduce_alone; /* bytes (allreduce.c) */
	uint64_t rendezvous_count; /* so far (rendezvous.h) */
	/* The latest to which this rank brought data in a slot. */
	uint64_t brought;
	bool takes_ahead;          /* slot_ahead.h */
	struct early_leaves early; /* of this rank (early_leave.h) */
	uint64_t streamed; /* slices so far, of streams to all (stream.h) */
	struct copy_state copy_state; /* of this rank (adaptive_copy.h) */
	/* single_copy.h: */
	enum test_single_copy forced;
	enum reading reading;
	struct single_copy_choice choices[SINGLE_COPY_USES]
	                                 [SINGLE_COPY_CLASSES];
};

#endif
