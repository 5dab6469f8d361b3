/* Who shares a core, and whether all of them have come to a meeting. */
#define _GNU_SOURCE /* sched_setaffinity */
#include "mp/shm/core_share.h"

#include <criterion/criterion.h>

#include <sched.h>

enum { RANKS = 3, MEETING = 70000 };

static struct barrier barrier;
static struct shm_plane planes[RANKS];

static void stay(void)
{
	cpu_set_t cores;

	CPU_ZERO(&cores);
	CPU_SET((size_t)sched_getcpu(), &cores);
	cr_assert(sched_setaffinity(0, sizeof(cores), &cores) == 0);
}

static void enter(void)
{
	for (int r = 0; r < RANKS; r++)
		planes[r].arena.barrier = &barrier;
	stay();
}

static void expect_all_came(int rank, uint64_t number, bool expected)
{
	cr_expect(core_share_all_arrived(&planes[rank], number) == expected,
	          "rank %d, meeting %llu", rank, (unsigned long long)number);
}

TestSuite(core, .init = enter);

Test(core, a_rank_on_its_own_is_all)
{
	core_share_arrive(&planes[0], MEETING);
	expect_all_came(0, MEETING, true);
	expect_all_came(0, MEETING + 1, false);
}

Test(core, waits_for_those_who_were_there_before)
{
	for (int r = 0; r < RANKS; r++)
		core_share_arrive(&planes[r], MEETING);
	expect_all_came(0, MEETING, true);
	for (uint64_t m = MEETING + 1; m < MEETING + 4; m++)
		for (int r = 0; r < RANKS; r++) {
			expect_all_came(r, m, false);
			core_share_arrive(&planes[r], m);
			expect_all_came(0, m, r == RANKS - 1);
		}
}

Test(core, who_moves_here_is_waited_for_here)
{
	core_share_arrive(&planes[0], MEETING);
	/* The other was last seen somewhere else. */
	const unsigned elsewhere = planes[0].core % CORES_MOST + 1;
	struct core_share *left = &barrier.cores[elsewhere - 1];
	planes[1].core = elsewhere;
	left->residents = 1;
	expect_all_came(0, MEETING, true);
	core_share_arrive(&planes[1], MEETING);
	cr_expect(left->residents == 0);
	core_share_arrive(&planes[0], MEETING + 1);
	expect_all_came(0, MEETING + 1, false);
	core_share_arrive(&planes[1], MEETING + 1);
	expect_all_came(0, MEETING + 1, true);
}
