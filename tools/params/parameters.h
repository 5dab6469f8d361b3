/* The parameter sets that a command line asks for. */
#ifndef TOOLS_PARAMS_PARAMETERS_H
#define TOOLS_PARAMS_PARAMETERS_H

#include "sample.h"

/* As the options say; nothing is owned. */
struct parameter_options {
	const char *input;         /* --input; NULL: none */
	const char *format;        /* --format; NULL: by the input's ending */
	const char *const *values; /* each -p, "NAME=VALUES" */
	size_t value_count;
	bool zip;
	const char *sample; /* --sample; NULL: none */
	const char *method; /* --method; NULL: random */
	const char *seed;   /* --seed; NULL: none */
};

/*
 * Make the table: the input's rows, each with each combination of the values of
 * -p, the first option slowest; with `zip` value by value instead. All sampled
 * parameters together count as one option, in the place of the first of them.
 * Without input and values there is one parameter set without columns.
 */
bool parameters_make(const struct parameter_options *options,
                     struct table *out);

/* The number of --seed; 0 if there is none. */
bool parameters_seed(const struct parameter_options *options, uint64_t *out);

#endif
