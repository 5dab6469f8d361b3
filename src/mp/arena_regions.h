/* Regions (common/base/region_allocator.h) in this rank's heap, which all ranks
 * can read. */
#ifndef COHORT_MP_ARENA_REGIONS_H
#define COHORT_MP_ARENA_REGIONS_H

#include "common/base/region_allocator.h"

#include <stdatomic.h>
#include <sys/types.h>

struct arena;
struct heap;

struct arena_regions {
	struct region_allocator base;
	struct arena *arena;
	struct heap *heap; /* of this rank */
	pid_t owner;       /* this process; a forked copy has another id */
	bool shut;         /* this is a copy that may write one region only */
	/* Not 0: the world has failed. From then on no region is freed, since
	 * ranks read others' results without a word to their owners. */
	const _Atomic int *failed;
	/* The world, and everybody who holds the regions. */
	_Atomic unsigned holders;
	/* The last holder calls it: it releases the transport's memory. */
	void (*release_all)(struct arena_regions *regions);
};

void regions_prepare(struct arena_regions *regions, struct arena *arena,
                     struct heap *heap, const _Atomic int *failed);

/* In a forked copy of the rank that runs tasks: make the arena unwritable for
 * this process, but for the program's own memory from cohort_alloc. `shut` then
 * makes a region writable. False with errno if the system refuses. */
bool regions_become_task(struct arena_regions *regions);

/* The world has ended, and the other ranks with it: call `release_all` as soon
 * as nobody holds the regions. Until then they contain results that the program
 * has not freed. If they were never prepared, nobody holds them. */
void regions_end(struct arena_regions *regions,
                 void (*release_all)(struct arena_regions *regions));

#endif
