#include "exact_sum.h"

#include "exponent_bins.h"

#include <string.h>

enum {
	MANTISSA_BITS = 52,
	WORD_BITS = 32,
	/* An addition changes a word by less than 2^53; a word that was carried
	 * is below 2^32, and has to stay below 2^63. */
	ADDITIONS_MOST = 1000,
	EXPONENT_SPECIAL = 0x7ff
};

static const uint64_t mantissa_mask = (UINT64_C(1) << MANTISSA_BITS) - 1;
static const uint64_t word_mask = UINT32_MAX;
static const uint64_t sign_bit = UINT64_C(1) << 63;
static const uint64_t infinity_bits = (uint64_t)EXPONENT_SPECIAL
                                      << MANTISSA_BITS;
static const uint64_t nan_bits = UINT64_C(0x7ff8) << 48;

/* Move the part of each word that is beyond 32 bits into the next one. Shifts
 * of negative numbers round down, in every compiler that GNU C libraries
 * have. */
static void carry_words(int64_t words[EXACT_SUM_WORDS])
{
	for (int i = 0; i + 1 < EXACT_SUM_WORDS; i++) {
		const int64_t carry = words[i] >> WORD_BITS;

		words[i] &= (int64_t)word_mask;
		words[i + 1] += carry;
	}
}

static void count_special(struct exact_sum *sum, uint64_t bits)
{
	int kind = EXACT_SUM_NANS;

	if ((bits & mantissa_mask) == 0)
		kind = bits >> 63 ? EXACT_SUM_NEGATIVE_INFINITIES
		                  : EXACT_SUM_POSITIVE_INFINITIES;
	sum->numbers[kind]++;
}

/* A value is mantissa * 2^(place - 1074). Its mantissa, shifted, lies in two
 * words that follow each other. */
static inline void add_value(struct exact_sum *sum, uint64_t bits)
{
	const unsigned exponent =
	    (unsigned)(bits >> MANTISSA_BITS) & EXPONENT_SPECIAL;
	uint64_t mantissa = bits & mantissa_mask;
	unsigned place = 0;

	if (exponent == EXPONENT_SPECIAL) {
		count_special(sum, bits);
		return;
	}
	if (exponent > 0) {
		mantissa |= UINT64_C(1) << MANTISSA_BITS;
		place = exponent - 1;
	}
	const unsigned shift = place % WORD_BITS;
	const int64_t low = (int64_t)(mantissa << shift & word_mask);
	const int64_t high = (int64_t)(mantissa >> (WORD_BITS - shift));
	/* 0, or -1: two's complement without a branch. */
	const int64_t sign = -(int64_t)(bits >> 63);
	int64_t *word = &sum->numbers[place / WORD_BITS];
	word[0] += (low ^ sign) - sign;
	word[1] += (high ^ sign) - sign;
}

static size_t count_negative_zeros(const double values[], size_t count)
{
	size_t zeros = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t bits;
		memcpy(&bits, &values[i], sizeof(bits));
		zeros += bits == sign_bit;
	}
	return zeros;
}

static void count_zeros(struct exact_sum *sum, size_t zeros, size_t others)
{
	sum->numbers[EXACT_SUM_NEGATIVE_ZEROS] += (int64_t)zeros;
	sum->numbers[EXACT_SUM_OTHERS] += (int64_t)others;
}

/* One by one. */
static void add_few(struct exact_sum *sum, const double values[], size_t count)
{
	const size_t zeros = count_negative_zeros(values, count);

	count_zeros(sum, zeros, count - zeros);
	for (size_t i = 0; i < count;) {
		const size_t end =
		    count - i > ADDITIONS_MOST ? i + ADDITIONS_MOST : count;
		for (; i < end; i++) {
			uint64_t bits;
			memcpy(&bits, &values[i], sizeof(bits));
			add_value(sum, bits);
		}
		carry_words(sum->numbers);
	}
}

static void count_specials(struct exact_sum *sum, const double values[],
                           size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t bits;
		memcpy(&bits, &values[i], sizeof(bits));
		if ((bits >> MANTISSA_BITS & EXPONENT_SPECIAL) ==
		    EXPONENT_SPECIAL)
			count_special(sum, bits);
	}
}

/* By their exponents. False if there is no memory. */
static bool add_many(struct exact_sum *sum, const double values[], size_t count)
{
	struct exponent_bins_found found;

	if (!exponent_bins_add(sum->numbers, values, count, &found))
		return false;
	carry_words(sum->numbers);
	const size_t zeros =
	    found.minus_0 ? count_negative_zeros(values, count) : 0;
	count_zeros(sum, zeros, count - zeros);
	if (found.special)
		count_specials(sum, values, count);
	return true;
}

void exact_sum_add(struct exact_sum *sum, const double values[], size_t count)
{
	while (count >= EXPONENT_BINS_LEAST) {
		const size_t part =
		    count < EXPONENT_BINS_MOST ? count : EXPONENT_BINS_MOST;
		if (!add_many(sum, values, part))
			break;
		values += part;
		count -= part;
	}
	add_few(sum, values, count);
}

static int highest_word(const int64_t words[EXACT_SUM_WORDS])
{
	int i = EXACT_SUM_WORDS - 1;

	while (i >= 0 && words[i] == 0)
		i--;
	return i;
}

static int highest_bit(uint64_t word)
{
	int bit = 63;

	while (!(word >> bit & 1))
		bit--;
	return bit;
}

/* Bit `place` of the number that the words make; they are carried and
 * positive. */
static uint64_t bit_at(const int64_t words[EXACT_SUM_WORDS], int place)
{
	const int last = EXACT_SUM_WORDS - 1;
	const int word = place / WORD_BITS < last ? place / WORD_BITS : last;

	return (uint64_t)words[word] >> (place - word * WORD_BITS) & 1;
}

/* Whether any bit below `place` is set. */
static int any_below(const int64_t words[EXACT_SUM_WORDS], int place)
{
	const int word = place / WORD_BITS;
	const uint64_t part = (UINT64_C(1) << place % WORD_BITS) - 1;

	for (int i = 0; i < word; i++)
		if (words[i] != 0)
			return 1;
	return ((uint64_t)words[word] & part) != 0;
}

/*
 * The bits of the double next to the number that the words make; they are
 * carried and positive. `top` is the place of its highest bit. Places below 53
 * are exact: that is where doubles are evenly spaced.
 *
 * No floating-point arithmetic: its rounding mode, and modes in which subnormal
 * numbers are zero, are the thread's own and may differ from rank to rank.
 */
static uint64_t round_words(const int64_t words[EXACT_SUM_WORDS], int top)
{
	const int lowest = top > MANTISSA_BITS ? top - MANTISSA_BITS : 0;
	uint64_t mantissa = 0;

	for (int i = top; i >= lowest; i--)
		mantissa = mantissa << 1 | bit_at(words, i);
	if (lowest > 0 && bit_at(words, lowest - 1) &&
	    ((mantissa & 1) || any_below(words, lowest - 1)))
		mantissa++;
	/* The mantissa's bit 52 adds one to the exponent, as a normal number
	 * needs it, and so does a mantissa that was rounded up to 2^53. */
	const uint64_t bits = ((uint64_t)lowest << MANTISSA_BITS) + mantissa;
	return bits < infinity_bits ? bits : infinity_bits;
}

static uint64_t round_finite(const struct exact_sum *sum)
{
	int64_t words[EXACT_SUM_WORDS];
	uint64_t sign = 0;

	memcpy(words, sum->numbers, sizeof(words));
	carry_words(words);
	if (words[EXACT_SUM_WORDS - 1] < 0) {
		sign = sign_bit;
		for (int i = 0; i < EXACT_SUM_WORDS; i++)
			words[i] = -words[i];
		carry_words(words);
	}
	const int word = highest_word(words);
	if (word < 0)
		return 0;
	return sign |
	       round_words(words, word * WORD_BITS +
	                              highest_bit((uint64_t)words[word]));
}

static uint64_t round_sum(const struct exact_sum *sum)
{
	const int64_t *numbers = sum->numbers;
	const int positive = numbers[EXACT_SUM_POSITIVE_INFINITIES] > 0;
	const int negative = numbers[EXACT_SUM_NEGATIVE_INFINITIES] > 0;

	if (numbers[EXACT_SUM_NANS] > 0 || (positive && negative))
		return nan_bits;
	if (positive || negative)
		return positive ? infinity_bits : sign_bit | infinity_bits;
	if (numbers[EXACT_SUM_OTHERS] == 0 &&
	    numbers[EXACT_SUM_NEGATIVE_ZEROS] > 0)
		return sign_bit;
	return round_finite(sum);
}

double exact_sum_round(const struct exact_sum *sum)
{
	const uint64_t bits = round_sum(sum);
	double out;

	memcpy(&out, &bits, sizeof(out));
	return out;
}
