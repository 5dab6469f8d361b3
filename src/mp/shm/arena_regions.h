/* Regions (common/base/region_allocator.h) in the arena: all ranks read them where they
 * are. */
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
	struct heap *heap; /* of this rank, in the arena */
	pid_t owner;       /* of this process: a forked copy has another */
	/* Released by this rank while others still read them. */
	struct region_head *retired;
};

void regions_prepare(struct arena_regions *regions, struct arena *arena,
                     struct heap *heap);

#endif
