/*
 * The operators' kernels on single elements: integers at the ends of their
 * range, floats by the rules of IEEE 754-2019 (minimum and maximum, clause
 * 9.6; sums of infinities and zeros, clauses 6.1 and 6.3). Whole arrays,
 * against an oracle of their own, are in the conformance program.
 */
#include "common/base/op.h"
#include "common/base/type.h"

#include <criterion/criterion.h>

#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>

Test(op, names)
{
	static const char *const names[] = {
	    "COHORT_SUM",  "COHORT_PROD", "COHORT_MIN",
	    "COHORT_MAX",  "COHORT_LAND", "COHORT_LOR",
	    "COHORT_BAND", "COHORT_BOR",  "COHORT_BXOR"};

	for (int i = 0; i < 9; i++) {
		cr_expect(op_valid((cohort_op)i));
		cr_expect_str_eq(op_name((cohort_op)i), names[i]);
	}
	for (int i = 9; i < 12; i++)
		cr_expect(!op_valid((cohort_op)i));
	cr_expect(!op_valid((cohort_op)-1));
	cr_expect(!op_valid((cohort_op)INT_MAX));
	cr_expect_str_eq(op_name((cohort_op)9), "no operator");
}

Test(op, bitwise_operators_are_for_integers)
{
	for (int t = COHORT_INT8; t <= COHORT_DOUBLE; t++)
		for (int o = COHORT_SUM; o <= COHORT_BXOR; o++) {
			bool expected = t < COHORT_FLOAT || o < COHORT_BAND;
			cr_expect(op_applies((cohort_op)o, (cohort_type)t) ==
			              expected,
			          "%s of %s", op_name((cohort_op)o),
			          type_name((cohort_type)t));
		}
}

#define COMBINE(T, c_type)                                          \
	static c_type combine_##T(cohort_op op, c_type a, c_type b) \
	{                                                           \
		op_combine(op, COHORT_##T, &a, &a, &b, 1);          \
		return a;                                           \
	}
COMBINE(INT8, int8_t)
COMBINE(UINT16, uint16_t)
COMBINE(INT32, int32_t)
COMBINE(INT64, int64_t)
COMBINE(UINT64, uint64_t)
COMBINE(FLOAT, float)
COMBINE(DOUBLE, double)

Test(op, integers_wrap)
{
	cr_expect(combine_INT8(COHORT_SUM, 127, 1) == -128);
	cr_expect(combine_INT8(COHORT_SUM, -128, -1) == 127);
	cr_expect(combine_INT8(COHORT_PROD, -128, -1) == -128);
	cr_expect(combine_INT8(COHORT_PROD, 16, 16) == 0);
	cr_expect(combine_UINT16(COHORT_SUM, 65535, 2) == 1);
	/* Computed as int, this would overflow. */
	cr_expect(combine_UINT16(COHORT_PROD, 65535, 65535) == 1);
	cr_expect(combine_INT32(COHORT_SUM, INT32_MAX, INT32_MAX) == -2);
	cr_expect(combine_INT32(COHORT_PROD, 65536, 65537) == 65536);
	cr_expect(combine_INT64(COHORT_SUM, INT64_MIN, -1) == INT64_MAX);
	cr_expect(combine_INT64(COHORT_PROD, INT64_MIN, -1) == INT64_MIN);
	cr_expect(combine_UINT64(COHORT_SUM, UINT64_MAX, 1) == 0);
	cr_expect(combine_UINT64(COHORT_PROD, UINT64_MAX, UINT64_MAX) == 1);
}

Test(op, integers_compare_with_their_sign)
{
	cr_expect(combine_INT8(COHORT_MIN, -1, 1) == -1);
	cr_expect(combine_INT8(COHORT_MAX, -128, 127) == 127);
	cr_expect(combine_UINT16(COHORT_MAX, 65535, 1) == 65535);
	cr_expect(combine_INT64(COHORT_MIN, INT64_MIN, INT64_MAX) == INT64_MIN);
	cr_expect(combine_UINT64(COHORT_MIN, UINT64_MAX, 7) == 7);
	cr_expect(combine_UINT64(COHORT_MAX, (uint64_t)INT64_MIN, 7) ==
	          (uint64_t)INT64_MIN);
}

Test(op, integers_as_truth_and_as_bits)
{
	cr_expect(combine_INT32(COHORT_LAND, -7, 2) == 1);
	cr_expect(combine_INT32(COHORT_LAND, 2, 0) == 0);
	cr_expect(combine_INT32(COHORT_LOR, 0, 0) == 0);
	cr_expect(combine_INT32(COHORT_LOR, 0, INT32_MIN) == 1);
	/* A value whose low bits are 0 is true, too. */
	cr_expect(combine_UINT64(COHORT_LAND, (uint64_t)1 << 40, 1) == 1);
	cr_expect(combine_INT8(COHORT_BAND, -1, 0x55) == 0x55);
	cr_expect(combine_INT8(COHORT_BOR, -128, 1) == -127);
	cr_expect(combine_UINT16(COHORT_BXOR, 0xff00, 0x0ff0) == 0xf0f0);
	cr_expect(combine_UINT64(COHORT_BXOR, UINT64_MAX, 1) == UINT64_MAX - 1);
}

/* Results that the standard defines, for (a, b) and for (b, a). */
static const struct {
	double a, b;
	double minimum, maximum, sum;
} ieee[] = {
    {1, 2, 1, 2, 3},
    {-0.0, 0.0, -0.0, 0.0, 0.0},
    {-0.0, -0.0, -0.0, -0.0, -0.0},
    {0.0, 0.0, 0.0, 0.0, 0.0},
    {INFINITY, 1, 1, INFINITY, INFINITY},
    {-INFINITY, 1, -INFINITY, 1, -INFINITY},
    {INFINITY, -INFINITY, -INFINITY, INFINITY, NAN},
    {NAN, 1, NAN, NAN, NAN},
    {NAN, INFINITY, NAN, NAN, NAN},
    {NAN, -INFINITY, NAN, NAN, NAN},
    {NAN, -0.0, NAN, NAN, NAN},
    {NAN, NAN, NAN, NAN, NAN},
};

static bool same(double found, double expected)
{
	if (isnan(expected))
		return isnan(found);
	return found == expected && !signbit(found) == !signbit(expected);
}

static void obeys(double a, double b, cohort_op op, double expected)
{
	double wide = combine_DOUBLE(op, a, b);
	double narrow = (double)combine_FLOAT(op, (float)a, (float)b);

	cr_expect(same(wide, expected), "%s of doubles %g and %g: %g",
	          op_name(op), a, b, wide);
	cr_expect(same(narrow, expected), "%s of floats %g and %g: %g",
	          op_name(op), a, b, narrow);
}

Test(op, floats_obey_ieee_754)
{
	for (size_t i = 0; i < sizeof(ieee) / sizeof(*ieee); i++) {
		double a = ieee[i].a;
		double b = ieee[i].b;
		obeys(a, b, COHORT_MIN, ieee[i].minimum);
		obeys(b, a, COHORT_MIN, ieee[i].minimum);
		obeys(a, b, COHORT_MAX, ieee[i].maximum);
		obeys(b, a, COHORT_MAX, ieee[i].maximum);
		obeys(a, b, COHORT_SUM, ieee[i].sum);
		obeys(b, a, COHORT_SUM, ieee[i].sum);
	}
	obeys(INFINITY, 0, COHORT_PROD, NAN);
	obeys(-1, 0.0, COHORT_PROD, -0.0);
	obeys(FLT_MIN, 0.5, COHORT_PROD, (double)FLT_MIN / 2); /* subnormal */
}

Test(op, floats_as_truth)
{
	obeys(NAN, 1, COHORT_LAND, 1);
	obeys(NAN, 0.0, COHORT_LAND, 0);
	obeys(0.0, NAN, COHORT_LOR, 1);
	obeys(-0.0, 0.0, COHORT_LOR, 0);
	obeys(-0.0, 3, COHORT_LAND, 0);
	obeys(0.25, -INFINITY, COHORT_LAND, 1);
	cr_expect(combine_DOUBLE(COHORT_LOR, DBL_TRUE_MIN, 0) == 1);
}

/* Floats are added in their own precision, not in a higher one. */
Test(op, floats_round_to_their_own_type)
{
	cr_expect(combine_FLOAT(COHORT_SUM, 16777216.0F, 1.0F) == 16777216.0F);
	cr_expect(combine_DOUBLE(COHORT_SUM, 9007199254740992.0, 1.0) ==
	          9007199254740992.0);
	cr_expect(isinf(combine_FLOAT(COHORT_PROD, FLT_MAX, 2.0F)));
}

/* Arrays at odd addresses. Bytes behind them stay unchanged. */
Test(op, arrays_may_lie_anywhere)
{
	enum { COUNT = 37, ROOM = 8 * COUNT + 16 };

	for (size_t shift = 0; shift < 8; shift++) {
		unsigned char left[ROOM];
		unsigned char right[ROOM];
		memset(left, 0xa5, sizeof(left));
		for (uint64_t i = 0; i < COUNT; i++) {
			uint64_t a = i * i;
			uint64_t b = i << 33;
			memcpy(left + shift + 8 * i, &a, 8);
			memcpy(right + 7 - shift + 8 * i, &b, 8);
		}
		op_combine(COHORT_SUM, COHORT_UINT64, left + shift,
		           left + shift, right + 7 - shift, COUNT);
		for (uint64_t i = 0; i < COUNT; i++) {
			uint64_t found;
			memcpy(&found, left + shift + 8 * i, 8);
			cr_assert(found == i * i + (i << 33), "shift %zu",
			          shift);
		}
		for (size_t i = 0; i < shift; i++)
			cr_assert(left[i] == 0xa5);
		for (size_t i = shift + 8 * COUNT; i < ROOM; i++)
			cr_assert(left[i] == 0xa5, "wrote behind");
	}
	op_combine(COHORT_SUM, COHORT_INT8, NULL, NULL, NULL, 0);
}

Test(op, one_rank_alone)
{
	float truth[] = {NAN, -0.0F, 0.0F, 0.5F, -INFINITY};
	int16_t numbers[] = {-3, 0, 256, INT16_MIN};
	uint64_t kept = 0x7ff4000000000001; /* a signalling NaN */
	uint64_t bits = kept;

	op_alone(COHORT_LAND, COHORT_FLOAT, truth, 5);
	cr_expect(truth[0] == 1 && truth[1] == 0 && truth[2] == 0 &&
	          truth[3] == 1 && truth[4] == 1 && !signbit(truth[1]));
	op_alone(COHORT_LOR, COHORT_INT16, numbers, 4);
	cr_expect(numbers[0] == 1 && numbers[1] == 0 && numbers[2] == 1 &&
	          numbers[3] == 1);
	op_alone(COHORT_SUM, COHORT_DOUBLE, &bits, 1);
	op_alone(COHORT_MIN, COHORT_DOUBLE, &bits, 1);
	op_alone(COHORT_BXOR, COHORT_UINT64, &bits, 1);
	cr_expect(bits == kept, "a value was touched");
}
