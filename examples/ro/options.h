/* What the command line says. */
#ifndef RO_OPTIONS_H
#define RO_OPTIONS_H

#include "model.h"

#include <stddef.h>
#include <stdio.h>

/* `count` values from low to high, both included. */
struct range {
	double low, high;
	size_t count;
};

struct options {
	char *seas; /* paths */
	char *output;
	char *picture; /* NULL: none */
	char *script;
	struct range recoveries;
	struct range permeabilities;
	struct ro_design design;
};

enum options_outcome { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_BAD };

#define OPTIONS_WHY_BYTES 256

/**
 * Read the command line. OPTIONS_HELP: --help was asked for, and written to
 * `help` unless that is NULL. OPTIONS_BAD: `why` has a sentence.
 * Whatever the outcome, *out is to be released with options_free.
 */
enum options_outcome options_parse(int argc, char **argv, FILE *help,
                                   struct options *out,
                                   char why[OPTIONS_WHY_BYTES]);

void options_free(struct options *options);

/** Value `i` of a range. */
double range_value(const struct range *range, size_t i);

#endif
