/* Regions (common/base/region_allocator.h) in this rank's heap, which all ranks
 * can read. */
#ifndef COHORT_MP_SHM_ARENA_REGIONS_H
#define COHORT_MP_SHM_ARENA_REGIONS_H

#include "common/base/region_allocator.h"

#include <sys/types.h>

struct arena;
struct heap;
struct region_head;

struct arena_regions {
	struct region_allocator base;
	struct arena *arena;
	struct heap *heap; /* of this rank */
	pid_t owner;       /* this process; a forked copy has another id */
	/* Regions that this rank has released and others still read. */
	struct region_head *retired;
};

void regions_prepare(struct arena_regions *regions, struct arena *arena,
                     struct heap *heap);

#endif
