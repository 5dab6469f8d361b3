/*
 * The sizes at which algorithms change, and the sizes of their parts. Most
 * depend on whether each rank can have a core of its own. All thresholds are
 * here; scripts/bench measures their effect.
 */
#ifndef COHORT_MP_SHM_TUNING_H
#define COHORT_MP_SHM_TUNING_H

#include "copy.h"
#include "shm_plane.h"

enum { FLAT_MOST = 16 }; /* ranks in a flat barrier, at most */

/* How a ring is cut: slices of so many bytes take turns in the first `round`
 * bytes of the ring. */
struct tuning_ring {
	size_t slice;
	size_t round;
};

struct tuning {
	/* Bytes in a block of an allreduce, whose ring is cut as `all`. */
	size_t block;
	/* When all ranks stream at the same time. */
	struct tuning_ring all;
	/* When one rank streams up to one.round bytes. */
	struct tuning_ring one;
	/* When one rank streams more than that. */
	struct tuning_ring one_long;
};

enum tuning_table { TUNING_CROWDED, TUNING_FITTING };

extern const struct tuning tuning_tables[];

static inline const struct tuning *tuning_for(const struct shm_plane *plane)
{
	return &tuning_tables[plane->fits ? TUNING_FITTING : TUNING_CROWDED];
}

/* A rank that receives at least so many bytes writes them with nontemporal
 * stores. The limit is higher in a broadcast: all ranks read the same bytes,
 * which the cache may hold. */
#define NONTEMPORAL_BCAST ((size_t)32 * 1024 * 1024)
#define NONTEMPORAL_GATHER ((size_t)4 * 1024 * 1024)

static inline copy_function *tuning_copy(size_t bytes, size_t limit)
{
	return bytes < limit ? shm_copy : shm_copy_nontemporal;
}

/* Once for each world: `fits` says whether each of its `size` ranks can have a
 * core of its own. */
void tuning_prepare(struct shm_plane *plane, int size, bool fits);

#endif
