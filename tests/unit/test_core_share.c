/* Which ranks share a core, and whether all of them have arrived at a
 * rendezvous. */
#define _GNU_SOURCE /* sched_setaffinity */
#include "mp/shm/core_share.h"

#include <criterion/criterion.h>

#include <sched.h>

enum { RANKS = 3, FIRST = 70000 };

static struct barrier barrier;
static struct shm_plane planes[RANKS];

static void stay_on_this_core(void)
{
	cpu_set_t cores;

	CPU_ZERO(&cores);
	CPU_SET((size_t)sched_getcpu(), &cores);
	cr_assert(sched_setaffinity(0, sizeof(cores), &cores) == 0);
}

static void set_up(void)
{
	for (int r = 0; r < RANKS; r++)
		planes[r].arena.barrier = &barrier;
	stay_on_this_core();
}

static void expect_all_arrived(int rank, uint64_t number, bool expected)
{
	cr_expect(core_share_all_arrived(&planes[rank], number) == expected,
	          "rank %d, rendezvous %llu", rank, (unsigned long long)number);
}

TestSuite(core_share, .init = set_up);

Test(core_share, a_rank_alone_is_all)
{
	core_share_arrive(&planes[0], FIRST);
	expect_all_arrived(0, FIRST, true);
	expect_all_arrived(0, FIRST + 1, false);
}

Test(core_share, waits_for_the_ranks_of_the_rendezvous_before)
{
	for (int r = 0; r < RANKS; r++)
		core_share_arrive(&planes[r], FIRST);
	expect_all_arrived(0, FIRST, true);
	for (uint64_t m = FIRST + 1; m < FIRST + 4; m++)
		for (int r = 0; r < RANKS; r++) {
			expect_all_arrived(r, m, false);
			core_share_arrive(&planes[r], m);
			expect_all_arrived(0, m, r == RANKS - 1);
		}
}

Test(core_share, waits_for_a_rank_that_has_moved_here)
{
	core_share_arrive(&planes[0], FIRST);
	/* Rank 1 last arrived on another core. */
	const unsigned elsewhere = planes[0].core % CORES_MOST + 1;
	struct core_share *left = &barrier.cores[elsewhere - 1];
	planes[1].core = elsewhere;
	left->residents = 1;
	expect_all_arrived(0, FIRST, true);
	core_share_arrive(&planes[1], FIRST);
	cr_expect(left->residents == 0);
	core_share_arrive(&planes[0], FIRST + 1);
	expect_all_arrived(0, FIRST + 1, false);
	core_share_arrive(&planes[1], FIRST + 1);
	expect_all_arrived(0, FIRST + 1, true);
}
