/* Regions (common/base/region_allocator.h) in the arena: all ranks read them where they
 * are. */
#ifndef COHORT_MP_SHM_ARENA_REGIONS_H
#define COHORT_MP_SHM_ARENA_REGIONS_H

#include "common/base/region_allocator.h"

struct mp_world;
struct region_head;

struct arena_regions {
	struct region_allocator base;
	struct mp_world *world;
	/* Released by this rank while others still read them. */
	struct region_head *retired;
};

void regions_prepare(struct arena_regions *regions, struct mp_world *world);

#endif
