/* Copies into shared memory: the bytes come right whichever way they go, and
 * the way is the quicker one. */
#include "mp/shm/adaptive_copy.h"

#include "mp/shm/copy.h"

#include <criterion/criterion.h>

#include <stdint.h>
#include <string.h>

static const double ns = 1e-9;

enum { COPY = 65536, TRIAL = COPY_TRIAL / COPY, PERIOD = COPY_PERIOD / COPY };

/* Both ways take what they take, for `bytes` bytes in copies of `copy`; how many
 * bytes went past. */
static uint64_t run_in(struct copy_state *pace, double through, double past,
                       uint64_t bytes, size_t copy)
{
	uint64_t went_past = 0;

	for (uint64_t at = 0; at < bytes; at += copy) {
		const struct copy_plan plan = copy_plan(pace, copy);
		went_past += plan.way == COPY_NONTEMPORAL ? copy : 0;
		if (plan.timed)
			copy_learn(pace, plan.way,
			           plan.way == COPY_NONTEMPORAL ? past
			                                        : through);
	}
	return went_past;
}

static unsigned run(struct copy_state *pace, double through, double past,
                    unsigned copies)
{
	return (unsigned)(run_in(pace, through, past, (uint64_t)copies * COPY,
	                         COPY) /
	                  COPY);
}

/* Whatever the size: none falls between the copies that are timed. */
Test(put, goes_past_the_caches_where_going_through_is_ten_times_slower)
{
	static const size_t copies[] = {2048, 40000, 65536, 262144, 1048576};

	for (size_t i = 0; i < sizeof(copies) / sizeof(*copies); i++) {
		struct copy_state pace = {0};
		run_in(&pace, 25 * ns, 2 * ns, COPY_FIRST + COPY_TRIAL,
		       copies[i]);
		const uint64_t past =
		    run_in(&pace, 25 * ns, 2 * ns, COPY_PERIOD, copies[i]);
		cr_expect(past > COPY_PERIOD - 2 * COPY_TRIAL, "%zu",
		          copies[i]);
		run_in(&pace, 2 * ns, 2 * ns, COPY_PERIOD, copies[i]);
		const uint64_t back =
		    run_in(&pace, 2 * ns, 2 * ns, COPY_PERIOD, copies[i]);
		cr_expect(back < 2 * COPY_TRIAL, "%zu", copies[i]);
	}
}

Test(put, goes_through_the_caches_where_that_takes_as_long)
{
	struct copy_state pace = {0};

	cr_expect(run(&pace, 2 * ns, 2 * ns, 3 * PERIOD) == 3 * TRIAL);
	cr_expect(run(&pace, 9 * ns, 2 * ns, PERIOD) == TRIAL);
}

Test(put, follows_a_machine_that_changes)
{
	struct copy_state pace = {0};

	/* At once, if the way that it goes becomes slow. */
	run(&pace, 2 * ns, 2 * ns, PERIOD / 2);
	run(&pace, 25 * ns, 2 * ns, 4 * COPY_TIMED_EVERY);
	cr_expect(run(&pace, 25 * ns, 2 * ns, 100) == 100);
	/* After a trial, if the other one becomes quick. */
	run(&pace, 2 * ns, 2 * ns, PERIOD);
	cr_expect(run(&pace, 2 * ns, 2 * ns, 100) == 0);
}

Test(put, an_interruption_is_forgotten)
{
	struct copy_state pace = {0};

	run(&pace, 2 * ns, 2 * ns, PERIOD / 2);
	copy_learn(&pace, COPY_CACHED, 1e-3);
	run(&pace, 2 * ns, 2 * ns, PERIOD);
	cr_expect(run(&pace, 2 * ns, 2 * ns, 100) == 0);
}

/* What a trial finds at first is what the usual way has left in the caches. */
Test(put, the_first_half_of_a_trial_does_not_count)
{
	struct copy_state pace = {0};

	for (unsigned i = 0; i < 3 * PERIOD; i++) {
		const unsigned at = (i + PERIOD - 2 * TRIAL) % PERIOD;
		const bool unsettled =
		    at < TRIAL / 2 || (at >= TRIAL && at < 3 * TRIAL / 2);
		const struct copy_plan plan = copy_plan(&pace, COPY);
		cr_assert(!plan.timed || !unsettled, "copy %u", i);
	}
}

/* Odd sizes and places. */
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

static struct copy_state pace_of_copies;

static void copy_put(void *to, const void *from, size_t bytes)
{
	adaptive_copy(&pace_of_copies, to, from, bytes);
}

Test(put, copies_every_byte_and_no_other)
{
	check_copies(shm_copy);
	check_copies(shm_copy_nontemporal);
	cr_assert(copy_plan(&pace_of_copies, 0).way == COPY_CACHED);
	check_copies(copy_put);
	cr_expect(copy_plan(&pace_of_copies, 0).way == COPY_CACHED);
	pace_of_copies = (struct copy_state){.bytes = COPY_FIRST};
	cr_assert(copy_plan(&pace_of_copies, 0).way == COPY_NONTEMPORAL);
	check_copies(copy_put);
	cr_expect(copy_plan(&pace_of_copies, 0).way == COPY_NONTEMPORAL);
}
