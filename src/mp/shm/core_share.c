#define _GNU_SOURCE /* sched_getcpu */
#include "core_share.h"

#include <sched.h>

/* core_share.arrived: the number of the latest rendezvous at which a rank
 * arrived on this core, and, in the lower bits, how many ranks did. */
enum { COUNT_BITS = 16 };

static const uint64_t count_mask = (1 << COUNT_BITS) - 1;

/* Counted from 1. If the system does not tell, all ranks seem to share one
 * core. */
static unsigned current_core(void)
{
	return (unsigned)sched_getcpu() % CORES_MOST + 1;
}

static struct core_share *share_of_core(const struct shm_plane *plane)
{
	return &plane->arena.barrier->cores[plane->core - 1];
}

/* This rank may have moved since its last rendezvous. */
static void register_core(struct shm_plane *plane)
{
	const unsigned here = current_core();

	if (plane->core == here)
		return;
	if (plane->core != 0)
		atomic_fetch_sub(&share_of_core(plane)->residents, 1);
	plane->core = here;
	atomic_fetch_add(&share_of_core(plane)->residents, 1);
}

void core_share_arrive(struct shm_plane *plane, uint64_t number)
{
	register_core(plane);
	_Atomic uint64_t *arrived = &share_of_core(plane)->arrived;
	const uint64_t first = number << COUNT_BITS | 1;
	uint64_t old = atomic_load_explicit(arrived, memory_order_relaxed);

	while (!atomic_compare_exchange_weak_explicit(
	    arrived, &old, old >> COUNT_BITS == number ? old + 1 : first,
	    memory_order_relaxed, memory_order_relaxed))
		;
}

bool core_share_all_arrived(const struct shm_plane *plane, uint64_t number)
{
	const struct core_share *core = share_of_core(plane);
	const uint64_t arrived =
	    atomic_load_explicit(&core->arrived, memory_order_relaxed);

	return arrived >> COUNT_BITS == number &&
	       (arrived & count_mask) >=
	           atomic_load_explicit(&core->residents, memory_order_relaxed);
}
