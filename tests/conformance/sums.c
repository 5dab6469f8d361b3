/*
 * cohort_sum: sums that are known in closed form, and hold only if nothing is
 * rounded on the way, with the values spread over the ranks in several ways. Random
 * lists are compared with whole numbers in Python elsewhere (tests/exact_sum).
 */
#include "parts.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES = 4000 };

struct list {
	const char *name;
	size_t count;
	double (*value)(size_t i);
	double sum;
};

/* 1 to 1000, each between 2^300 and -2^300, and 2^-1074 at the end. */
static double cancelling(size_t i)
{
	switch (i % 4) {
	case 0:
		return 0x1p300;
	case 1:
		return (double)(i / 4 + 1);
	case 2:
		return -0x1p300;
	default:
		return i == VALUES - 1 ? 0x1p-1074 : 0;
	}
}

/* 2000 of the largest number, and then as many with the other sign. */
static double overflowing(size_t i)
{
	return i < VALUES / 2 ? DBL_MAX : -DBL_MAX;
}

/* 1, and 2^-53 exactly half way to the next number: to even, which is 1. */
static double tie(size_t i)
{
	return i == 0 ? 1 : 0x1p-53;
}

/* The same and a little more: up. */
static double above_tie(size_t i)
{
	return i < 2 ? tie(i) : 0x1p-1000;
}

static double subnormal(size_t i)
{
	(void)i;
	return -0x1p-1074;
}

static double largest(size_t i)
{
	(void)i;
	return DBL_MAX;
}

static double negative_zero(size_t i)
{
	(void)i;
	return -0.0;
}

static double zeros(size_t i)
{
	return i == 1 ? 0.0 : -0.0;
}

static double infinite(size_t i)
{
	return i == 2 ? -(double)INFINITY : DBL_MAX;
}

static double both_infinities(size_t i)
{
	return i % 2 ? (double)INFINITY : -(double)INFINITY;
}

static double not_a_number(size_t i)
{
	return i == 0 ? (double)NAN : 1;
}

static const struct list lists[] = {
    {"nothing", 0, zeros, 0.0},
    {"cancelling", VALUES, cancelling, 500500},
    {"overflow on the way", VALUES, overflowing, 0.0},
    {"a tie", 2, tie, 1},
    {"above a tie", 3, above_tie, 1 + DBL_EPSILON},
    {"subnormal", 1000, subnormal, -1000 * 0x1p-1074},
    {"beyond the largest", 2, largest, (double)INFINITY},
    {"the largest", 1, largest, DBL_MAX},
    {"negative zeros", 5, negative_zero, -0.0},
    {"zeros of both signs", 3, zeros, 0.0},
    {"an infinity", 4, infinite, -(double)INFINITY},
    {"both infinities", 3, both_infinities, (double)NAN},
    {"not a number", 3, not_a_number, (double)NAN},
};

/* Who has value i: ranks in turn, all on the last, a block each in falling
 * order. */
static int owner(int way, size_t i, size_t count, int size)
{
	switch (way) {
	case 0:
		return (int)(i % (size_t)size);
	case 1:
		return size - 1;
	default:
		return size - 1 - (int)(i * (size_t)size / count);
	}
}

enum { WAYS = 3 };

static void checks_list(const struct run *run, const struct list *list, int way)
{
	double mine[VALUES];
	double sum = 12345;
	size_t count = 0;

	check_case("sum of %s, spread in way %d", list->name, way);
	for (size_t i = 0; i < list->count; i++)
		if (owner(way, i, list->count, run->size) == run->rank)
			mine[count++] = list->value(i);
	MUST(cohort_sum(run->group, count ? mine : NULL, count, &sum));
	if (isnan(list->sum)) {
		CHECK(isnan(sum), "%a", sum);
		return;
	}
	CHECK(!memcmp(&sum, &list->sum, sizeof(sum)), "%a instead of %a", sum,
	      list->sum);
}

void part_sums(const struct run *run)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		for (int way = 0; way < WAYS; way++)
			checks_list(run, &lists[i], way);
}
