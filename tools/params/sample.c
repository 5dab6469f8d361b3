#include "sample.h"

#include "base/failure.h"
#include "base/memory.h"
#include "base/names.h"
#include "sobol.h"

#include <Random123/philox.h>
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static_assert(SOBOL_BITS == 52, "each number is a double's fraction");

/* What a random number is for: the third word of its counter, so that no two
 * uses share one. */
enum purpose { PURPOSE_VALUE, PURPOSE_ORDER, PURPOSE_SHIFT };

/* The largest double below 1. */
static const double unit_most = 1 - 0x1p-53;

/* Where a number of a point comes from. */
struct dimension {
	const struct sample *sample;
	size_t column;
	size_t *strata;                  /* lhs: of each row */
	uint64_t directions[SOBOL_BITS]; /* sobol */
	uint64_t shift;                  /* sobol */
};

static uint64_t draw(const struct sample *sample, size_t row, size_t column,
                     enum purpose purpose)
{
	const philox4x32_ctr_t counter = {
	    {(uint32_t)row, (uint32_t)((uint64_t)row >> 32), (uint32_t)column,
	     (uint32_t)purpose}};
	const philox4x32_key_t key = {
	    {(uint32_t)sample->seed, (uint32_t)(sample->seed >> 32)}};
	const philox4x32_ctr_t random = philox4x32(counter, key);

	return (uint64_t)random.v[1] << 32 | random.v[0];
}

/* In (0, 1): the middle of one of 2^52 cells. */
static double unit_of(uint64_t bits)
{
	return ldexp((double)(bits >> 12) + 0.5, -SOBOL_BITS);
}

bool sample_method_read(const char *name, enum sample_method *out)
{
	static const char *const names[] = {
	    [SAMPLE_RANDOM] = "random",
	    [SAMPLE_LATIN_HYPERCUBE] = "lhs",
	    [SAMPLE_SOBOL] = "sobol",
	};
	const size_t count = sizeof(names) / sizeof(names[0]);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(name, names[i])) {
			*out = (enum sample_method)i;
			return true;
		}
	const char *near = names_nearest(name, names, count);
	return failure("--method %s: there are random, lhs and sobol%s%s%s",
	               name, near ? "; did you mean " : "", near ? near : "",
	               near ? "?" : "");
}

/* A random number below `bound`, each equally likely: numbers of the last,
 * incomplete multiple are drawn again, from the same counter's next row. */
static size_t draw_below(const struct sample *sample, size_t bound,
                         size_t column, size_t *position)
{
	const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
	uint64_t bits;

	do
		bits = draw(sample, (*position)++, column, PURPOSE_ORDER);
	while (bits >= limit);
	return (size_t)(bits % bound);
}

/* A random order of 0 to count - 1 (Fisher and Yates; Durstenfeld 1964). */
static size_t *shuffle(const struct sample *sample, size_t column)
{
	size_t *order = memory_resize(NULL, sample->count, sizeof(*order));
	size_t position = 0;

	for (size_t i = 0; i < sample->count; i++)
		order[i] = i;
	for (size_t left = sample->count; left > 1; left--) {
		const size_t chosen =
		    draw_below(sample, left, column, &position);
		const size_t kept = order[left - 1];

		order[left - 1] = order[chosen];
		order[chosen] = kept;
	}
	return order;
}

static void begin_dimension(struct dimension *dimension,
                            const struct sample *sample, size_t column)
{
	*dimension = (struct dimension){.sample = sample, .column = column};
	if (sample->method == SAMPLE_LATIN_HYPERCUBE)
		dimension->strata = shuffle(sample, column);
	if (sample->method != SAMPLE_SOBOL)
		return;
	sobol_directions(column, dimension->directions);
	if (sample->is_seeded)
		dimension->shift = draw(sample, 0, column, PURPOSE_SHIFT) >> 12;
}

/* The middle of the first point's cell: the points so far divide each column
 * into at least as many. */
static double first_cell(size_t count)
{
	double width = 1;

	while (width * (double)count > 1)
		width /= 2;
	return width / 2;
}

static double unit_number(const struct dimension *dimension, size_t row)
{
	const struct sample *sample = dimension->sample;
	const struct distribution *distribution =
	    &sample->columns[dimension->column].distribution;

	if (sample->method == SAMPLE_SOBOL) {
		const uint64_t bits =
		    sobol_number(dimension->directions, row) ^ dimension->shift;

		if (bits == 0 && distribution_has_tail(distribution))
			return first_cell(sample->count);
		return ldexp((double)bits, -SOBOL_BITS);
	}
	const double u =
	    unit_of(draw(sample, row, dimension->column, PURPOSE_VALUE));
	if (sample->method == SAMPLE_RANDOM)
		return u;
	const double place =
	    ((double)dimension->strata[row] + u) / (double)sample->count;
	return place < unit_most ? place : unit_most;
}

bool sample_make(const struct sample *sample, struct table *out)
{
	const size_t columns = sample->column_count;

	*out = (struct table){0};
	if (sample->method == SAMPLE_SOBOL && columns > SOBOL_DIMENSIONS)
		return failure(
		    "--method sobol has %d dimensions, and there are "
		    "%zu sampled parameters: use lhs",
		    SOBOL_DIMENSIONS, columns);
	struct dimension *dimensions = memory_new(columns, sizeof(*dimensions));
	for (size_t c = 0; c < columns; c++) {
		begin_dimension(&dimensions[c], sample, c);
		table_add_column(out, sample->columns[c].name,
		                 strlen(sample->columns[c].name));
	}
	for (size_t row = 0; row < sample->count; row++) {
		for (size_t c = 0; c < columns; c++)
			distribution_add(&sample->columns[c].distribution,
			                 unit_number(&dimensions[c], row), out);
		table_end_row(out);
	}
	for (size_t c = 0; c < columns; c++)
		free(dimensions[c].strata);
	free(dimensions);
	return true;
}
