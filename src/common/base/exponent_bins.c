#include "exponent_bins.h"

#include <stdlib.h>
#include <string.h>

enum {
	MANTISSA_BITS = 52,
	WORD_BITS = 32,
	EXPONENT_SPECIAL = 0x7ff,
	SIGN = 0x800, /* in the number of a bin, above the exponent */
	BINS = 0x1000,
	SETS = 2,
	/* So many mantissas of 53 bits are below 2^64 together. */
	BIN_MOST = 2048
};

struct bin_set {
	uint64_t sums[BINS];
	uint16_t counts[BINS];
};

struct exponent_bins {
	struct bin_set sets[SETS];
	bool used[BINS]; /* that were emptied */
};

/* Add mantissa * 2^(place - 1074), or subtract it. Shifted, it lies in three
 * words. */
static void add_wide(int64_t words[], uint64_t mantissa, unsigned place,
                     bool negative)
{
	const unsigned shift = place % WORD_BITS;
	const uint64_t low = (mantissa & UINT32_MAX) << shift;
	const uint64_t high = (mantissa >> WORD_BITS) << shift;
	const int64_t parts[] = {
	    (int64_t)(low & UINT32_MAX),
	    (int64_t)((low >> WORD_BITS) + (high & UINT32_MAX)),
	    (int64_t)(high >> WORD_BITS)};

	for (unsigned i = 0; i < 3; i++)
		words[place / WORD_BITS + i] += negative ? -parts[i] : parts[i];
}

/* Not inlined, so that the loop that calls it stays short. */
__attribute__((noinline)) static void empty_bin(struct exponent_bins *bins,
                                                struct bin_set *set,
                                                unsigned bin, int64_t words[])
{
	const uint64_t count = set->counts[bin];
	const unsigned exponent = bin & EXPONENT_SPECIAL;
	const uint64_t common = (uint64_t)bin << MANTISSA_BITS;
	uint64_t mantissas = set->sums[bin] - count * common;

	set->sums[bin] = 0;
	set->counts[bin] = 0;
	bins->used[bin] = true;
	if (exponent == EXPONENT_SPECIAL)
		return;
	if (exponent > 0)
		mantissas += count << MANTISSA_BITS;
	add_wide(words, mantissas, exponent > 0 ? exponent - 1 : 0, bin & SIGN);
}

static inline void add_to_set(struct exponent_bins *bins, struct bin_set *set,
                              double value, int64_t words[])
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	const unsigned bin = (unsigned)(bits >> MANTISSA_BITS);
	set->sums[bin] += bits;
	if (++set->counts[bin] == BIN_MOST)
		empty_bin(bins, set, bin, words);
}

static void add_to_bins(struct exponent_bins *bins, const double values[],
                        size_t count, int64_t words[])
{
	struct bin_set *sets = bins->sets;
	size_t i = 0;

	for (; i + 1 < count; i += 2) {
		add_to_set(bins, &sets[0], values[i], words);
		add_to_set(bins, &sets[1], values[i + 1], words);
	}
	if (i < count)
		add_to_set(bins, &sets[0], values[i], words);
}

bool exponent_bins_add(int64_t words[], const double values[], size_t count,
                       struct exponent_bins_found *found)
{
	struct exponent_bins *bins = calloc(1, sizeof(*bins));

	if (!bins)
		return false;
	add_to_bins(bins, values, count, words);
	for (unsigned s = 0; s < SETS; s++)
		for (unsigned bin = 0; bin < BINS; bin++)
			if (bins->sets[s].counts[bin] > 0)
				empty_bin(bins, &bins->sets[s], bin, words);
	*found = (struct exponent_bins_found){
	    .special = bins->used[EXPONENT_SPECIAL] ||
	               bins->used[SIGN | EXPONENT_SPECIAL],
	    .minus_0 = bins->used[SIGN],
	};
	free(bins);
	return true;
}
