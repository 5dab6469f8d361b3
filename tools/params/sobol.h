/*
 * Sobol' sequences, unscrambled: point 0 is the origin, as in SciPy's qmc.Sobol
 * with scramble=False, whose points these are. Bratley and Fox, Algorithm 659,
 * ACM TOMS 14 (1988); Gray code order of Antonov and Saleev (1979); direction
 * numbers of Joe and Kuo (sobol_numbers.inc).
 */
#ifndef TOOLS_PARAMS_SOBOL_H
#define TOOLS_PARAMS_SOBOL_H

#include <stddef.h>
#include <stdint.h>

enum {
	SOBOL_DIMENSIONS = 1111, /* at the most */
	SOBOL_BITS = 52 /* of each number, and of the longest sequence */
};

/* The direction numbers of one dimension, below SOBOL_DIMENSIONS. */
void sobol_directions(size_t dimension, uint64_t directions[SOBOL_BITS]);

/* The number of point `index`, below 2^SOBOL_BITS, in a dimension, as an
 * integer: divided by 2^SOBOL_BITS it is in [0, 1). Cost: one step for each
 * bit. */
uint64_t sobol_number(const uint64_t directions[SOBOL_BITS], uint64_t index);

#endif
