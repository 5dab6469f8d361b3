#include "common/base/sorted_search.h"

#include <criterion/criterion.h>

enum { MOST = 9 };

/* What a plain loop finds. */
static size_t look_through(const uint64_t sorted[], size_t count,
                           uint64_t value)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		if (sorted[i] <= value)
			found = i;
	return found;
}

Test(sorted_search, finds_what_a_loop_finds)
{
	/* Some are there twice, as the begin of an empty file is. */
	static const uint64_t sorted[MOST] = {0,  3,  3,   4,         10,
	                                      10, 10, 500, UINT64_MAX};

	for (size_t count = 0; count <= MOST; count++) {
		for (uint64_t value = 0; value < 520; value++)
			cr_assert_eq(sorted_find_last(sorted, count, value),
			             look_through(sorted, count, value),
			             "%zu numbers, %d", count, (int)value);
		cr_assert_eq(sorted_find_last(sorted, count, UINT64_MAX),
		             count ? count - 1 : 0);
	}
}

Test(sorted_search, nothing_is_at_most_that)
{
	static const uint64_t sorted[] = {5, 6};

	cr_assert_eq(sorted_find_last(sorted, 2, 4), 0);
}
