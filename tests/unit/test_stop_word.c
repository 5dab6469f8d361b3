/* Why sweeps are stopped, as one word: what is known when two reasons are. */
#include "common/base/stop_word.h"

#include <criterion/criterion.h>

static const uint64_t called = 5 << STOP_RANK_BITS | 3;
static const uint64_t called_later = 6 << STOP_RANK_BITS | 1;

static uint64_t interrupted(int rank)
{
	return stop_word_of_interrupt(5, rank);
}

static uint64_t both(void)
{
	return stop_word_merge(interrupted(2), SIGTERM);
}

static void expect(uint64_t word, uint64_t old, uint64_t merged)
{
	cr_expect_eq(stop_word_merge(word, old), merged,
	             "%#llx told to %#llx is %#llx, not %#llx",
	             (unsigned long long)word, (unsigned long long)old,
	             (unsigned long long)stop_word_merge(word, old),
	             (unsigned long long)merged);
	/* Nobody is told twice. */
	cr_expect(!stop_word_replaces(word, merged));
}

Test(stop_word, first_reason_stays)
{
	const uint64_t result = stop_word_of_call(5, STOP_BY_RESULT);

	cr_expect_eq(stop_word_of_call(5, 3), called);
	expect(0, 0, 0);
	expect(SIGTERM, 0, SIGTERM);
	expect(SIGINT, SIGTERM, SIGTERM);
	expect(0, SIGTERM, SIGTERM);
	expect(called, 0, called);
	expect(called, SIGTERM, SIGTERM);
	expect(SIGTERM, called, SIGTERM);
	expect(called_later, called, called_later);
	expect(result, called, called);
	expect(called, result, result);
	cr_expect(stop_word_by_result(result) && !stop_word_interrupts(result));
}

Test(stop_word, interrupt_is_added)
{
	expect(interrupted(2), 0, interrupted(2));
	expect(interrupted(2), called, interrupted(2));
	expect(called, interrupted(2), interrupted(2));
	expect(interrupted(1), interrupted(2), interrupted(2));
	expect(SIGTERM, interrupted(2), both());
	expect(SIGINT, both(), both());
	expect(interrupted(1), both(), both());
	expect(both(), interrupted(2), both());
	expect(both(), SIGTERM, both());
	expect(both(), 0, both());
	expect(called, both(), both());
	cr_expect(stop_word_interrupts(both()));
	cr_expect_eq(stop_word_signal(both()), SIGTERM);
	cr_expect_eq(stop_word_rank(both()), 2);
	cr_expect_eq(stop_word_signal(stop_word_merge(both(), SIGINT)), SIGINT);
}

Test(stop_word, of_a_sweep)
{
	cr_expect_eq(stop_word_for(called, 5), called);
	cr_expect_eq(stop_word_for(called, 6), 0);
	cr_expect_eq(stop_word_for(interrupted(2), 6), 0);
	cr_expect_eq(stop_word_for(both(), 5), both());
	cr_expect_eq(stop_word_for(both(), 6), SIGTERM);
	cr_expect_eq(stop_word_for(SIGTERM, 6), SIGTERM);
}
