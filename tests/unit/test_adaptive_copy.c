/* Copies into shared memory: with both kinds of stores the bytes are right, and
 * the faster kind is chosen. */
#include "mp/shm/adaptive_copy.h"

#include "mp/shm/copy.h"

#include <criterion/criterion.h>

#include <stdint.h>
#include <string.h>

static const double ns = 1e-9;

enum {
	COPY = 65536,
	TRIAL = COPY_TRIAL / COPY,
	LEAST = COPY_WAIT_LEAST / COPY,
	LONG = 2 * (COPY_WAIT_MOST / COPY)
};

/* Make copies of `copy` bytes, `bytes` bytes in all, and tell how many of these
 * bytes used nontemporal stores. A line takes `cached` or `nontemporal`
 * seconds. */
static uint64_t run_in(struct copy_state *state, double cached,
                       double nontemporal, uint64_t bytes, size_t copy)
{
	uint64_t sum = 0;

	for (uint64_t at = 0; at < bytes; at += copy) {
		const struct copy_plan plan = copy_plan(state, copy);
		sum += plan.way == COPY_NONTEMPORAL ? copy : 0;
		if (plan.timed)
			copy_learn(state, copy, plan.way,
			           plan.way == COPY_NONTEMPORAL ? nontemporal
			                                        : cached);
	}
	return sum;
}

static unsigned run(struct copy_state *state, double cached, double nontemporal,
                    unsigned copies)
{
	return (unsigned)(run_in(state, cached, nontemporal,
	                         (uint64_t)copies * COPY, COPY) /
	                  COPY);
}

/* For every size of copies: whatever their size is, some of them are timed. */
Test(adaptive_copy,
     takes_nontemporal_stores_where_cached_ones_are_many_times_slower)
{
	static const size_t copies[] = {2048, 40000, 65536, 262144, 1048576};
	static const uint64_t most = COPY_WAIT_MOST;

	for (size_t i = 0; i < sizeof(copies) / sizeof(*copies); i++) {
		struct copy_state state = {0};
		run_in(&state, 8 * ns, 2 * ns, 2 * most, copies[i]);
		const uint64_t nontemporal =
		    run_in(&state, 8 * ns, 2 * ns, most, copies[i]);
		cr_expect(nontemporal > most - 2 * COPY_TRIAL, "%zu",
		          copies[i]);
		run_in(&state, 2 * ns, 2 * ns, 2 * most, copies[i]);
		const uint64_t back =
		    run_in(&state, 2 * ns, 2 * ns, most, copies[i]);
		cr_expect(back < 2 * COPY_TRIAL, "%zu", copies[i]);
	}
}

/* Small copies have a choice of their own, and want more of a gain. */
Test(adaptive_copy, small_copies_are_measured_apart)
{
	static const uint64_t most = COPY_WAIT_MOST;
	struct copy_state state = {0};

	run_in(&state, 6 * ns, 2 * ns, 2 * most, COPY);
	run_in(&state, 6 * ns, 2 * ns, 2 * most, COPY_SMALL_MOST);
	cr_expect(run_in(&state, 6 * ns, 2 * ns, most, COPY) >
	          most - 2 * COPY_TRIAL);
	cr_expect(run_in(&state, 6 * ns, 2 * ns, most, COPY_SMALL_MOST) <=
	          2 * COPY_TRIAL);
	run_in(&state, 8 * ns, 2 * ns, most, COPY_SMALL_MOST);
	cr_expect(run_in(&state, 8 * ns, 2 * ns, most, COPY_SMALL_MOST) >
	          most - 2 * COPY_TRIAL);
}

Test(adaptive_copy, takes_cached_stores_where_they_are_nearly_as_fast)
{
	struct copy_state state = {0};

	cr_expect(run(&state, 4 * ns, 2 * ns, LEAST + TRIAL) == TRIAL);
	run(&state, 4 * ns, 2 * ns, LONG);
	cr_expect(run(&state, 4 * ns, 2 * ns, LONG / 2) <= 2 * TRIAL);
}

/* Each trial that confirms the usual way doubles the wait for the next one. */
Test(adaptive_copy, trials_become_rare)
{
	struct copy_state state = {0};

	for (unsigned wait = LEAST; wait < 16 * LEAST; wait *= 2)
		cr_expect(run(&state, 2 * ns, 2 * ns, wait + TRIAL) == TRIAL,
		          "after %u", wait);
}

Test(adaptive_copy, follows_a_machine_that_changes)
{
	struct copy_state state = {0};

	/* Within a few copies, if the usual kind becomes slow. */
	run(&state, 2 * ns, 2 * ns, LEAST + 2 * TRIAL);
	run(&state, 25 * ns, 2 * ns, 4 * COPY_TIMED_EVERY);
	cr_expect(run(&state, 25 * ns, 2 * ns, LEAST / 2) == LEAST / 2);
	/* After a trial, if the other kind becomes fast. */
	run(&state, 2 * ns, 2 * ns, LONG);
	cr_expect(run(&state, 2 * ns, 2 * ns, LEAST) <= TRIAL);
}

/* Pages that are used for the first time make a whole row of copies slow. */
Test(adaptive_copy, a_wrong_choice_lasts_for_two_short_waits)
{
	struct copy_state state = {0};

	run(&state, 2 * ns, 2 * ns, LONG);
	run(&state, 60 * ns, 2 * ns, LEAST);
	run(&state, 2 * ns, 2 * ns, 2 * (LEAST + TRIAL));
	cr_expect(run(&state, 2 * ns, 2 * ns, LEAST / 2) == 0);
}

Test(adaptive_copy, an_interruption_is_forgotten)
{
	struct copy_state state = {0};

	run(&state, 2 * ns, 2 * ns, LEAST + 2 * TRIAL);
	copy_learn(&state, COPY, COPY_CACHED, 1e-3);
	cr_expect(run(&state, 2 * ns, 2 * ns, LEAST / 2) == 0);
}

/* At first a trial finds the caches as the usual kind of stores left them. */
Test(adaptive_copy, the_first_half_of_a_trial_does_not_count)
{
	struct copy_state state = {0};
	uint64_t since = 0;
	enum copy_way way = COPY_CACHED;

	for (unsigned i = 0; i < LONG; i++) {
		const struct copy_plan plan = copy_plan(&state, COPY);
		since = plan.way == way ? since + COPY : COPY;
		way = plan.way;
		cr_assert(!plan.timed || since > COPY_TRIAL / 2, "copy %u", i);
		if (plan.timed)
			copy_learn(&state, COPY, plan.way, 2 * ns);
	}
}

/* Odd sizes and odd addresses. */
static void check_copies(void (*copy)(void *to, const void *from, size_t bytes))
{
	enum { MOST = 3 * COPY_ADAPTS_FROM, EDGE = 64 };
	static unsigned char from[MOST];
	static unsigned char to[MOST + 2 * EDGE];

	for (size_t i = 0; i < MOST; i++)
		from[i] = (unsigned char)(i * 7 + i / 251);
	for (size_t bytes = 0; bytes <= MOST - EDGE;
	     bytes += bytes < 400 ? 1 : 31) {
		const size_t place = bytes % EDGE;
		unsigned char *const begin = to + EDGE + place;
		memset(to, 0xee, sizeof(to));
		copy(begin, from + place / 2, bytes);
		cr_assert(memcmp(begin, from + place / 2, bytes) == 0,
		          "%zu bytes", bytes);
		cr_assert(begin[-1] == 0xee && begin[bytes] == 0xee,
		          "%zu bytes", bytes);
	}
}

static struct copy_state shared_state;

static void copy_adaptively(void *to, const void *from, size_t bytes)
{
	adaptive_copy(&shared_state, to, from, bytes);
}

Test(adaptive_copy, copies_every_byte_and_no_other)
{
	check_copies(shm_copy);
	check_copies(shm_copy_nontemporal);
	cr_assert(copy_plan(&shared_state, 0).way == COPY_CACHED);
	check_copies(copy_adaptively);
	cr_expect(copy_plan(&shared_state, 0).way == COPY_CACHED);
	shared_state = (struct copy_state){
	    .of = {[COPY_SMALL] = {.trials = {.done = COPY_WAIT_LEAST}}}};
	cr_assert(copy_plan(&shared_state, 0).way == COPY_NONTEMPORAL);
	check_copies(copy_adaptively);
	cr_expect(copy_plan(&shared_state, 0).way == COPY_NONTEMPORAL);
}
