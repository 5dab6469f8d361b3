/*
 * The table of a sweep: one row for each task, in order. It is written when the
 * sweep has ended, or row by row while it runs.
 */
#ifndef RO_OUTPUT_H
#define RO_OUTPUT_H

#include "study.h"

#include <stdbool.h>
#include <stdio.h>

/* The root's. */
struct output {
	const struct options *options;
	const struct plan *plan;
	FILE *table; /* NULL: not begun, or ended */
	size_t rows; /* so far */
	size_t good; /* rows of plants that work */
	bool failed; /* the table could not be written, and that was said */
};

/** Begin the table. 0; or -1, and it has been said why. */
int output_begin(struct output *output);

/** Write the row of a result, if it is the table's next one. After a stop,
 * results can come without those before them: they are left out, so that the
 * table is the beginning of the whole one and --until counts the same samples
 * in every run. Returns 0; or 1 if no more are wanted: there are enough good
 * rows, or the table could not be written. The file has whole rows at every
 * moment. */
int output_row(struct output *output, const cohort_result *result);

/** End the table, if it was begun. 0; or -1, and it has been said why. */
int output_end(struct output *output);

/** Whether there are as many good rows as the options ask for. */
bool output_is_enough(const struct output *output);

#endif
