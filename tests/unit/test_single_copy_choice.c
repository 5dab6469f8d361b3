/* Whether large data is read from the memory of its owner: the faster way is
 * chosen, and few calls go the other way. */
#include "mp/shm/single_copy_choice.h"

#include <criterion/criterion.h>

enum { LONG = SINGLE_COPY_WAIT_MOST };

/* Make calls in which a byte takes so long, and tell how many were to read. */
static unsigned run(struct single_copy_choice *choice, double streaming,
                    double reading, unsigned calls)
{
	enum single_copy_way way = choice->way;
	unsigned read = 0;

	for (unsigned i = 0; i < calls; i++) {
		read += way == SINGLE_COPY_YES;
		way = single_copy_learn(
		    choice, way, way == SINGLE_COPY_YES ? reading : streaming);
	}
	return read;
}

Test(single_copy_choice, reads_where_that_is_faster)
{
	struct single_copy_choice choice = {0};

	run(&choice, 2, 1, 2 * LONG);
	cr_expect(run(&choice, 2, 1, LONG) >= LONG - 2 * SINGLE_COPY_TRIAL);
}

Test(single_copy_choice, streams_where_reading_is_no_faster)
{
	static const double reading[] = {3, 1, 0.95};

	for (size_t i = 0; i < sizeof(reading) / sizeof(*reading); i++) {
		struct single_copy_choice choice = {0};
		run(&choice, 1, reading[i], 2 * LONG);
		cr_expect(run(&choice, 1, reading[i], LONG) <=
		          2 * SINGLE_COPY_TRIAL);
	}
}

Test(single_copy_choice, begins_with_streams)
{
	struct single_copy_choice choice = {0};

	cr_expect(run(&choice, 2, 1, SINGLE_COPY_WAIT_LEAST) == 0);
}

Test(single_copy_choice, follows_a_machine_that_changes)
{
	struct single_copy_choice choice = {0};

	run(&choice, 2, 1, 2 * LONG);
	run(&choice, 1, 4, 2 * LONG);
	cr_expect(run(&choice, 1, 4, LONG) <= 2 * SINGLE_COPY_TRIAL);
	run(&choice, 8, 1, 2 * LONG);
	cr_expect(run(&choice, 8, 1, LONG) >= LONG - 2 * SINGLE_COPY_TRIAL);
}

/* A rank was interrupted in one call. */
Test(single_copy_choice, forgives_one_slow_call)
{
	struct single_copy_choice choice = {0};

	run(&choice, 1, 2, SINGLE_COPY_WAIT_LEAST + SINGLE_COPY_TRIAL);
	run(&choice, 4, 2, 1);
	cr_expect(run(&choice, 1, 2, SINGLE_COPY_WAIT_LEAST) == 0);
}

Test(single_copy_choice, classes_double)
{
	const size_t from = SINGLE_COPY_FROM;

	cr_expect(single_copy_class(from) == 0);
	cr_expect(single_copy_class(2 * from - 1) == 0);
	cr_expect(single_copy_class(2 * from) == 1);
	cr_expect(single_copy_class(4 * from) == 2);
	cr_expect(single_copy_class(SIZE_MAX) == SINGLE_COPY_CLASSES - 1);
}
