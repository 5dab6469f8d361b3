/* Steal slots: numbers are taken in order, from both ends, and each is taken once
 * when many threads take at the same time. */
#include "common/base/steal_slot.h"

#include "common/base/memory.h"

#include <criterion/criterion.h>

#include <pthread.h>

enum { THIEVES = 3, RANKS = THIEVES + 1, NUMBERS = 200000, SWEEP = 7 };

static struct worker_stats *make_stats(void)
{
	struct worker_stats *stats = memory_share(worker_stats_bytes(RANKS));

	cr_assert(stats != NULL);
	for (int i = 0; i < RANKS; i++)
		atomic_store(&stats->ranks[i].sweep, SWEEP);
	return stats;
}

Test(steal_slot, its_owner_takes_the_first_and_others_the_last)
{
	struct worker_stats *stats = make_stats();
	uint64_t number = 99;

	cr_expect(!steal_slot_take(&stats->ranks[1], &number));
	cr_expect(!steal_slot_steal(stats, RANKS, 0, &number));
	steal_slot_fill(&stats->ranks[1], 1000, 4);
	cr_expect(steal_slot_take(&stats->ranks[1], &number) && number == 1000);
	cr_expect(steal_slot_steal(stats, RANKS, 0, &number) && number == 1003);
	cr_expect(steal_slot_steal(stats, RANKS, 2, &number) && number == 1002);
	cr_expect(steal_slot_take(&stats->ranks[1], &number) && number == 1001);
	cr_expect(!steal_slot_take(&stats->ranks[1], &number));
	cr_expect(!steal_slot_steal(stats, RANKS, 0, &number));
	steal_slot_fill(&stats->ranks[1], 2000, 4);
	cr_expect_eq(steal_slot_count(&stats->ranks[1]), 4);
	const struct ticket_range all = steal_slot_empty(&stats->ranks[1]);
	cr_expect(all.first == 2000 && all.count == 4);
	cr_expect_eq(steal_slot_count(&stats->ranks[1]), 0);
	cr_expect_eq(steal_slot_empty(&stats->ranks[1]).count, 0);
	steal_slot_fill(&stats->ranks[1], (uint64_t)1 << 50, STEAL_SLOT_MOST);
	cr_expect(steal_slot_take(&stats->ranks[1], &number) &&
	          number == (uint64_t)1 << 50);
	memory_unshare(stats, worker_stats_bytes(RANKS));
}

Test(steal_slot, a_rank_steals_neither_from_another_sweep_nor_from_itself)
{
	struct worker_stats *stats = make_stats();
	uint64_t number;

	steal_slot_fill(&stats->ranks[0], 1, 5);
	cr_expect(!steal_slot_steal(stats, RANKS, 0, &number));
	steal_slot_fill(&stats->ranks[2], 9, 5);
	atomic_store(&stats->ranks[2].sweep, SWEEP - 1);
	cr_expect(steal_slot_steal(stats, RANKS, 1, &number) && number == 5);
	memory_unshare(stats, worker_stats_bytes(RANKS));
}

struct taker {
	struct worker_stats *stats;
	int stats_index;
	_Atomic unsigned char *taken;
	_Atomic int *over;
};

static void *steal(void *arg)
{
	struct taker *taker = arg;
	uint64_t number;

	while (!atomic_load(taker->over))
		while (steal_slot_steal(taker->stats, RANKS, taker->stats_index,
		                        &number))
			atomic_fetch_add(&taker->taken[number], 1);
	return NULL;
}

Test(steal_slot, everything_is_taken_once)
{
	static _Atomic unsigned char taken[NUMBERS];
	struct worker_stats *stats = make_stats();
	_Atomic int over = 0;
	pthread_t threads[THIEVES];
	struct taker takers[THIEVES];
	uint64_t number;

	for (int i = 0; i < THIEVES; i++) {
		takers[i] = (struct taker){stats, i + 1, taken, &over};
		cr_assert(
		    !pthread_create(&threads[i], NULL, steal, &takers[i]));
	}
	for (uint64_t first = 0; first < NUMBERS;) {
		uint64_t count = 1 + first % STEAL_SLOT_MOST;
		if (count > NUMBERS - first)
			count = NUMBERS - first;
		steal_slot_fill(&stats->ranks[0], first, count);
		while (steal_slot_take(&stats->ranks[0], &number))
			atomic_fetch_add(&taken[number], 1);
		first += count;
	}
	atomic_store(&over, 1);
	for (int i = 0; i < THIEVES; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < NUMBERS; i++)
		cr_expect(taken[i] == 1, "%zu was taken %d times", i, taken[i]);
	memory_unshare(stats, worker_stats_bytes(RANKS));
}
