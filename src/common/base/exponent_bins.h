/*
 * Many doubles, added up exactly: the large superaccumulator of the paper that
 * exact_sum.h names. There is a bin for each sign and exponent. The bits of a
 * value, taken as an integer, are added to its bin, modulo 2^64; as the bin's
 * values have sign and exponent in common, the sum of their mantissas follows
 * from that and from their number. A bin is emptied into the words of the sum
 * when it has 2048 values, and at the end.
 *
 * Cost of a value: two integer additions. Values take two sets of bins by
 * turns, so that an addition need not wait for the one before it in its bin.
 */
#ifndef COHORT_COMMON_BASE_EXPONENT_BINS_H
#define COHORT_COMMON_BASE_EXPONENT_BINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	/* Fewer values are not worth the bins' memory, 80 KiB. */
	EXPONENT_BINS_LEAST = 8192,
	/* At the most: a word of the sum changes by less than 2^47. */
	EXPONENT_BINS_MOST = 1 << 24
};

/* Values that the caller has to look for. */
struct exponent_bins_found {
	bool special; /* infinite or not a number; they were not added */
	bool minus_0; /* -0.0, or negative and below the least normal number */
};

/* Add up to EXPONENT_BINS_MOST values to the words of an exact_sum. False if
 * there is no memory: nothing was added. */
bool exponent_bins_add(int64_t words[], const double values[], size_t count,
                       struct exponent_bins_found *found);

#endif
