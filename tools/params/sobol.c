#include "sobol.h"

enum { DEGREE_MOST = 18 };

static const struct {
	uint32_t polynomial;
	uint32_t first[DEGREE_MOST];
} numbers[SOBOL_DIMENSIONS] = {
#include "sobol_numbers.inc"
};

static int degree_of(uint32_t polynomial)
{
	int degree = -1;

	for (; polynomial; polynomial >>= 1)
		degree++;
	return degree;
}

void sobol_directions(size_t dimension, uint64_t directions[SOBOL_BITS])
{
	const uint32_t polynomial = numbers[dimension].polynomial;
	const int degree = degree_of(polynomial);

	for (int bit = 0; bit < SOBOL_BITS; bit++) {
		/* The first dimension's polynomial is 1: van der Corput. */
		if (bit < degree || degree == 0) {
			const uint64_t m =
			    degree == 0 ? 1 : numbers[dimension].first[bit];
			directions[bit] = m << (SOBOL_BITS - 1 - bit);
			continue;
		}
		directions[bit] = directions[bit - degree] ^
		                  directions[bit - degree] >> degree;
		for (int k = 1; k < degree; k++)
			if (polynomial >> (degree - k) & 1)
				directions[bit] ^= directions[bit - k];
	}
}

uint64_t sobol_number(const uint64_t directions[SOBOL_BITS], uint64_t index)
{
	uint64_t gray = index ^ index >> 1;
	uint64_t number = 0;

	for (int bit = 0; gray; bit++, gray >>= 1)
		if (gray & 1)
			number ^= directions[bit];
	return number;
}
