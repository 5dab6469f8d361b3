/*
 * Allreduce of floats. Exact results, and the rules for NaN, infinities and zeros,
 * hold on every backend. Where the order is promised, sums that round are those
 * from the left, bit by bit, on every rank.
 */
#include "parts.h"
#include "pattern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PERIOD = 263 };

#define MATTER_MAP(X)                                             \
	X(EXACT)   /* whatever the order, nothing is rounded */   \
	X(SPECIAL) /* NaN, infinities, zeros of either sign */    \
	X(ROUNDED) /* magnitudes that lose bits of one another */ \
	X(ZEROS)   /* zeros of either sign only */

enum matter {
#define MATTER_ENUM(name) MATTER_##name,
	MATTER_MAP(MATTER_ENUM)
#undef MATTER_ENUM
	    MATTERS
};

static double exact(cohort_op op, uint64_t bits)
{
	static const double powers[] = {1, -1, 2, -2, 0.5, -0.5};

	if (op == COHORT_PROD)
		return powers[bits % 6];
	return 0.25 * (double)(int)(bits % 2001) - 250;
}

static double special(uint64_t bits)
{
	static const double values[] = {(double)NAN, (double)INFINITY,
	                                -(double)INFINITY, 0.0, -0.0};

	/* Mostly finite: otherwise every result would be NaN. */
	if (bits % 8 < 5 && bits / 8 % 3 == 0)
		return values[bits % 8];
	return (double)(int)(bits % 9) - 4;
}

static double rounded(uint64_t bits)
{
	double fraction = (double)(bits >> 12) * 0x1p-52;

	return ldexp(fraction - 0.5, (int)(bits % 12));
}

/* What rank r contributes as element i; a float if `type` is one. */
static double input(cohort_type type, cohort_op op, enum matter matter, int r,
                    size_t i)
{
	const uint64_t bits = pattern_mix(
	    ((uint64_t)(r + 1) << 40) + ((uint64_t)matter << 32) + i % PERIOD);
	double x;

	switch (matter) {
	case MATTER_EXACT:
		return exact(op, bits);
	case MATTER_SPECIAL:
		return special(bits);
	case MATTER_ZEROS:
		return bits % 3 == 0 ? 0.0 : -0.0;
	default:
		x = rounded(bits);
		return type == COHORT_FLOAT ? (double)(float)x : x;
	}
}

/* minimum and maximum of IEEE 754-2019: NaN if either is, -0.0 below 0.0. */
static double extreme(double a, double b, double sign)
{
	if (isnan(a) || isnan(b))
		return (double)NAN;
	if (a == 0 && b == 0)
		return copysign(1, a) * sign < copysign(1, b) * sign ? a : b;
	return a * sign < b * sign ? a : b;
}

/* One step from the left. Sums and products of floats are exact, or rounded
 * far beyond a float's bits, in double: rounding them twice changes nothing. */
static double step(cohort_op op, double a, double b)
{
	switch (op) {
	case COHORT_SUM:
		return a + b;
	case COHORT_PROD:
		return a * b;
	case COHORT_MIN:
		return extreme(a, b, 1);
	case COHORT_MAX:
		return extreme(a, b, -1);
	case COHORT_LAND:
		return !(a == 0) && !(b == 0) ? 1.0 : 0.0;
	default:
		return a == 0 && b == 0 ? 0.0 : 1.0;
	}
}

static double result(cohort_type type, cohort_op op, enum matter matter,
                     int size, size_t i)
{
	volatile double left = input(type, op, matter, 0, i);

	for (int r = 1; r < size; r++) {
		left = step(op, left, input(type, op, matter, r, i));
		if (type == COHORT_FLOAT)
			left = (double)(float)left;
	}
	if (size == 1 && (op == COHORT_LAND || op == COHORT_LOR))
		left = step(op, left, left);
	return left;
}

static void put(unsigned char *at, cohort_type type, double x)
{
	const float narrow = (float)x;

	if (type == COHORT_FLOAT)
		memcpy(at, &narrow, sizeof(narrow));
	else
		memcpy(at, &x, sizeof(x));
}

static double get(const unsigned char *at, cohort_type type)
{
	float narrow;
	double wide;

	if (type == COHORT_FLOAT) {
		memcpy(&narrow, at, sizeof(narrow));
		return (double)narrow;
	}
	memcpy(&wide, at, sizeof(wide));
	return wide;
}

/* The same number, or both NaN; 0.0 is not -0.0. */
static bool same(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) && isnan(b);
	return a == b && !signbit(a) == !signbit(b);
}

/* All ranks have the same bits, NaN included. */
static void checks_agreement(const struct run *run, const unsigned char *found,
                             size_t bytes)
{
	unsigned char *copy = check_alloc(bytes);

	memcpy(copy, found, bytes);
	MUST(
	    cohort_bcast(run->group, copy, bytes, COHORT_UINT8, run->size - 1));
	CHECK(!memcmp(copy, found, bytes),
	      "this rank and the last have other bits");
	free(copy);
}

static void checks_numbers(const double expected[PERIOD],
                           const unsigned char *at, cohort_type type,
                           size_t count)
{
	const size_t width = cohort_type_size(type);
	size_t i = 0;

	while (i < count &&
	       same(get(at + i * width, type), expected[i % PERIOD]))
		i++;
	double found = i < count ? get(at + i * width, type) : 0;
	CHECK(i == count, "element %zu is %.17g (%a), not %.17g (%a)", i, found,
	      found, expected[i % PERIOD], expected[i % PERIOD]);
}

static void checks_one(const struct run *run, cohort_type type, cohort_op op,
                       enum matter matter, size_t count)
{
	const size_t width = cohort_type_size(type);
	struct buffer send = buffer_open(count * width, (size_t)op % 3);
	struct buffer recv = buffer_open(count * width, 1);
	double expected[PERIOD];

	check_case("allreduce of %zu of type %d, operator %d, matter %d", count,
	           (int)type, (int)op, (int)matter);
	for (size_t i = 0; i < PERIOD; i++)
		expected[i] = result(type, op, matter, run->size, i);
	for (size_t i = 0; i < count; i++)
		put(send.data + i * width, type,
		    input(type, op, matter, run->rank, i));
	MUST(cohort_allreduce(run->group, send.data, recv.data, count, type,
	                      op));
	checks_numbers(expected, recv.data, type, count);
	if (run->ordered)
		checks_agreement(run, recv.data, recv.bytes);
	buffer_close(&recv, "recv");
	buffer_close(&send, "send");
}

/* One rank returns its input bit by bit. */
static void checks_alone(const struct run *run, cohort_op op)
{
	const uint64_t bits[] = {0x7ff4000000000123, 0xfff8000000000001,
	                         0x8000000000000000, 1};
	uint64_t found[4] = {0};

	check_case("allreduce alone with operator %d", (int)op);
	MUST(cohort_allreduce(run->group, bits, found, 4, COHORT_DOUBLE, op));
	CHECK(!memcmp(found, bits, sizeof(bits)), "the bits changed: %llx",
	      (unsigned long long)found[0]);
}

void part_floats(const struct run *run)
{
	static const size_t counts[] = {1, 6, 500, 9001, 40000};
	const int most = run->quick ? 3 : 5;

	for (int op = COHORT_SUM; op <= COHORT_LOR; op++)
		for (int matter = 0; matter < MATTERS; matter++) {
			bool rounds =
			    matter == MATTER_ROUNDED && op <= COHORT_PROD;
			if (rounds && !run->ordered)
				continue;
			for (int i = run->quick ? 2 : 0; i < most; i++)
				for (int t = 0; t < 2; t++)
					checks_one(
					    run,
					    t ? COHORT_DOUBLE : COHORT_FLOAT,
					    (cohort_op)op, (enum matter)matter,
					    counts[i]);
		}
	for (int op = COHORT_SUM; run->size == 1 && op <= COHORT_MAX; op++)
		checks_alone(run, (cohort_op)op);
}
