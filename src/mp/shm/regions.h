/* Regions (common/regions.h) in the arena: all ranks read them where they
 * are. */
#ifndef COHORT_MP_SHM_REGIONS_H
#define COHORT_MP_SHM_REGIONS_H

#include "common/regions.h"

struct mp_world;
struct region_head;

struct arena_regions {
	struct regions base;
	struct mp_world *world;
	/* Released by this rank while others still read them. */
	struct region_head *retired;
};

void regions_prepare(struct arena_regions *regions, struct mp_world *world);

#endif
