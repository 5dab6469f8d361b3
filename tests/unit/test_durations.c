/* The slowest quarter, beside sorted lists. */
#include "common/base/durations.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The least of the slowest quarter, and at most a bin more. */
static void expect_quarter(double *seconds, size_t count)
{
	static struct durations durations;

	durations_clear(&durations);
	for (size_t i = 0; i < count; i++)
		durations_add(&durations, seconds[i]);
	qsort(seconds, count, sizeof(*seconds), compare);
	const double least = seconds[count - (count + 3) / 4];
	const double longest = seconds[count - 1];
	const double found = durations_slow_quarter(&durations);
	cr_expect(found >= least && found <= least * (1 + 1.0 / 32) + 1e-6,
	          "%zu durations: %g instead of %g", count, found, least);
	const double end = durations_longest(&durations);
	cr_expect(end >= longest && end <= longest * (1 + 1.0 / 32) + 1e-6,
	          "%zu durations: at most %g instead of %g", count, end,
	          longest);
}

Test(durations, of_no_task)
{
	static struct durations durations;

	cr_expect(durations_slow_quarter(&durations) == 0);
	cr_expect(durations_longest(&durations) == 0);
}

Test(durations, are_whole)
{
	static struct durations durations;

	durations_clear(&durations);
	for (int i = 0; i < 100; i++)
		durations_add(&durations, 1e-3 * i);
	cr_expect(durations_are_whole(&durations, 0));
	atomic_fetch_add(&durations.bins[DURATION_BINS - 1], 3);
	cr_expect(durations_are_whole(&durations, 3));
	cr_expect(!durations_are_whole(&durations, 2));
	durations_clear(&durations);
	cr_expect(durations_are_whole(&durations, 0));
	atomic_store(&durations.total, 5);
	cr_expect(durations_are_whole(&durations, 5));
	cr_expect(!durations_are_whole(&durations, 4));
}

Test(durations, slow_quarter)
{
	static double seconds[1000];

	srand(1);
	for (size_t count = 1; count <= 1000; count += count < 20 ? 1 : 97) {
		for (size_t i = 0; i < count; i++)
			seconds[i] = pow(10, 12.0 * rand() / RAND_MAX - 5.5);
		expect_quarter(seconds, count);
	}
}

Test(durations, ends_of_bins)
{
	for (int i = -20; i < 24; i++)
		for (int k = 0; k < 32; k++) {
			double edge = ldexp(1 + k / 32.0, i);
			double below = nextafter(edge, 0);
			expect_quarter(&edge, 1);
			expect_quarter(&below, 1);
		}
}

/* No number leads out of the bins. */
Test(durations, of_any_number)
{
	static const double odd[] = {0,   -0.0, -1,       1e-300,    1e300,
	                             NAN, -NAN, INFINITY, -INFINITY, 5e-324};
	static struct durations durations;

	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		durations_add(&durations, odd[i]);
		cr_expect(durations_slow_quarter(&durations) > 0);
	}
	atomic_store(&durations.highest, UINT32_MAX);
	cr_expect(isfinite(durations_slow_quarter(&durations)));
	cr_expect(isfinite(durations_longest(&durations)));
}

Test(durations, are_added_up)
{
	static struct durations one, other;
	static struct duration_counts counts;

	for (int i = 0; i < 10; i++)
		durations_add(&one, 1.0);
	for (int i = 0; i < 40; i++)
		durations_add(&other, 0.01);
	cr_expect(durations_slow_quarter(&other) < 0.011);
	durations_read(&one, &counts);
	durations_add_counts(&other, &counts);
	cr_expect(durations_slow_quarter(&other) < 0.011);
	durations_add_counts(&other, &counts);
	cr_expect(durations_slow_quarter(&other) >= 1);
}
