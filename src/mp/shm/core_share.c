#define _GNU_SOURCE /* sched_getcpu */
#include "core_share.h"

#include <sched.h>

/* core.came: the meeting that somebody came to last, and how many have. */
enum { COUNT_BITS = 16 };

static const uint64_t count_mask = (1 << COUNT_BITS) - 1;

/* Where the system does not tell, all ranks seem to share one core. */
static unsigned number_here(void)
{
	return (unsigned)sched_getcpu() % CORES_MOST + 1;
}

static struct core_share *core_of(const struct shm_plane *plane)
{
	return &plane->arena.barrier->cores[plane->core - 1];
}

static void settle(struct shm_plane *plane)
{
	const unsigned here = number_here();

	if (plane->core == here)
		return;
	if (plane->core != 0)
		atomic_fetch_sub(&core_of(plane)->residents, 1);
	plane->core = here;
	atomic_fetch_add(&core_of(plane)->residents, 1);
}

void core_share_arrive(struct shm_plane *plane, uint64_t number)
{
	settle(plane);
	_Atomic uint64_t *arrived = &core_of(plane)->arrived;
	const uint64_t first = number << COUNT_BITS | 1;
	uint64_t old = atomic_load_explicit(arrived, memory_order_relaxed);

	while (!atomic_compare_exchange_weak_explicit(
	    arrived, &old, old >> COUNT_BITS == number ? old + 1 : first,
	    memory_order_relaxed, memory_order_relaxed))
		;
}

bool core_share_all_arrived(const struct shm_plane *plane, uint64_t number)
{
	const struct core_share *core = core_of(plane);
	const uint64_t arrived =
	    atomic_load_explicit(&core->arrived, memory_order_relaxed);

	return arrived >> COUNT_BITS == number &&
	       (arrived & count_mask) >=
	           atomic_load_explicit(&core->residents, memory_order_relaxed);
}
