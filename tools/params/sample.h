/* Tables of samples: points of the unit cube, with each number replaced by a
 * value of its column's distribution. */
#ifndef TOOLS_PARAMS_SAMPLE_H
#define TOOLS_PARAMS_SAMPLE_H

#include "distribution.h"

#include <stdint.h>

enum sample_method { SAMPLE_RANDOM, SAMPLE_LATIN_HYPERCUBE, SAMPLE_SOBOL };

struct sample_column {
	const char *name;
	struct distribution distribution;
};

struct sample {
	enum sample_method method;
	size_t count; /* rows, at least 1 */
	uint64_t seed;
	bool is_seeded; /* sobol: shift the points at random */
	struct sample_column *columns;
	size_t column_count;
};

/* The method of this name, "random", "lhs" or "sobol". */
bool sample_method_read(const char *name, enum sample_method *out);

/*
 * Make the table. Its bytes depend on the sample's fields only.
 *
 *   random  independent numbers of Philox4x32-10 (Salmon, Moraes, Dror, Shaw,
 *           SC 2011): counter (row, column), key the seed
 *   lhs     a Latin hypercube (McKay, Beckman, Conover, Technometrics 1979): in
 *           each column one number in each of `count` strata of equal size
 *   sobol   the first points of Sobol's sequence (sobol.h); with a seed each
 *           column is shifted by a random number, digit by digit (exclusive
 *           or), which keeps the sequence's evenness
 *
 * The distributions without a lower bound never see a 0: the first point of an
 * unshifted Sobol sequence is moved into the middle of its cell there.
 */
bool sample_make(const struct sample *sample, struct table *out);

#endif
