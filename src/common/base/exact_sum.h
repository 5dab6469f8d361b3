/*
 * The exact sum of doubles, rounded once at the end: a small superaccumulator
 * (Neal, Fast exact summation using small and large superaccumulators,
 * arXiv:1505.05571). The sum is a fixed-point number that spans all exponents,
 * so adding is exact and the order does not matter. Two sums are combined by
 * adding their words as integers.
 *
 * Cost of a value: two integer additions and a few shifts; every 1,000 values
 * one pass over the words. Many values are added by their exponents first
 * (exponent_bins.h), which costs a third of that.
 */
#ifndef COHORT_COMMON_BASE_EXACT_SUM_H
#define COHORT_COMMON_BASE_EXACT_SUM_H

#include <stddef.h>
#include <stdint.h>

enum {
	/* Word i counts units of 2^(32 i - 1074). Doubles need 66 words; the
	 * others hold what sums of more than 2^64 values carry. */
	EXACT_SUM_WORDS = 70,
	/* Behind the words: how many values were infinite, not a number, or
	 * anything but -0.0. */
	EXACT_SUM_POSITIVE_INFINITIES = EXACT_SUM_WORDS,
	EXACT_SUM_NEGATIVE_INFINITIES,
	EXACT_SUM_NANS,
	EXACT_SUM_NEGATIVE_ZEROS,
	EXACT_SUM_OTHERS,
	EXACT_SUM_NUMBERS
};

/* All zero is the sum of no values. */
struct exact_sum {
	int64_t numbers[EXACT_SUM_NUMBERS];
};

/* Add `count` values. Afterwards every word but the last is in 0 ... 2^32 - 1,
 * so 2^31 sums can be combined by adding number to number. */
void exact_sum_add(struct exact_sum *sum, const double values[], size_t count);

/*
 * The sum, rounded to nearest, ties to even; infinite if it is beyond the
 * largest double. As IEEE 754 has it: NaN if a value is NaN or both infinities
 * occur, an infinity if one occurs, -0.0 if every value is -0.0 and there is
 * one, 0.0 where values cancel or there are none. The NaN is always the same
 * one. The thread's rounding mode does not count, nor whether it takes
 * subnormal numbers for zero.
 */
double exact_sum_round(const struct exact_sum *sum);

#endif
