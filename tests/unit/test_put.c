/* Copies into shared memory: the bytes come right whichever way they go, and
 * the way is the quicker one. */
#include "mp/shm/put.h"

#include <criterion/criterion.h>

#include <stdint.h>
#include <string.h>

static const double ns = 1e-9;

/* Both ways take what they take, for `copies` copies; which way they went. */
static unsigned run(struct put_pace *pace, double through, double past,
                    unsigned copies)
{
	unsigned went_past = 0;

	for (unsigned i = 0; i < copies; i++) {
		const enum put_way way = put_choose(pace);
		went_past += way == PUT_PAST;
		if (pace->copies++ % PUT_TIMED_EVERY == 0 ||
		    pace->line_seconds[way] == 0)
			put_learn(pace, way, way == PUT_PAST ? past : through);
	}
	return went_past;
}

Test(put, goes_past_the_caches_where_going_through_is_ten_times_slower)
{
	struct put_pace pace = {0};
	const unsigned went_past = run(&pace, 25 * ns, 2 * ns, 1024);

	/* All but the first and those that ask anew. */
	cr_expect(went_past >= 1024 - 1 - 1024 / PUT_OTHER_EVERY);
	cr_expect(went_past < 1024);
}

Test(put, goes_through_the_caches_where_that_takes_as_long)
{
	struct put_pace pace = {0};

	cr_expect(run(&pace, 2 * ns, 2 * ns, 1024) <=
	          1 + 1024 / PUT_OTHER_EVERY);
	cr_expect(run(&pace, 6 * ns, 2 * ns, 1024) <= 1024 / PUT_OTHER_EVERY);
}

Test(put, follows_a_machine_that_changes)
{
	struct put_pace pace = {0};

	run(&pace, 2 * ns, 2 * ns, 1024);
	run(&pace, 25 * ns, 2 * ns, 4 * PUT_TIMED_EVERY);
	cr_expect(run(&pace, 25 * ns, 2 * ns, 100) >= 99);
	run(&pace, 2 * ns, 2 * ns, PUT_OTHER_EVERY);
	cr_expect(run(&pace, 2 * ns, 2 * ns, 100) <= 1);
}

Test(put, an_interruption_is_forgotten)
{
	struct put_pace pace = {0};

	run(&pace, 2 * ns, 2 * ns, 1024);
	put_learn(&pace, PUT_THROUGH, 1e-3);
	run(&pace, 2 * ns, 2 * ns, PUT_OTHER_EVERY);
	cr_expect(run(&pace, 2 * ns, 2 * ns, 100) <= 1);
}

/* Odd sizes and places, more than 128 copies, so that both ways are gone. */
Test(put, copies_every_byte_and_no_other)
{
	enum { MOST = 3 * PUT_LEAST, EDGE = 64 };
	static unsigned char from[MOST];
	static unsigned char to[MOST + 2 * EDGE];
	struct put_pace pace = {0};

	for (size_t i = 0; i < MOST; i++)
		from[i] = (unsigned char)(i * 7 + i / 251);
	for (size_t bytes = 0; bytes <= MOST - EDGE; bytes += 31) {
		const size_t place = bytes % EDGE;
		unsigned char *const begin = to + EDGE + place;
		memset(to, 0xee, sizeof(to));
		put_copy(&pace, begin, from + place / 2, bytes);
		cr_assert(memcmp(begin, from + place / 2, bytes) == 0,
		          "%zu bytes", bytes);
		cr_assert(begin[-1] == 0xee && begin[bytes] == 0xee,
		          "%zu bytes", bytes);
	}
	cr_expect(pace.line_seconds[PUT_THROUGH] > 0);
	cr_expect(pace.line_seconds[PUT_PAST] > 0);
}
