/* The command line. */
#ifndef RO_OPTIONS_H
#define RO_OPTIONS_H

#include "model.h"
#include "range.h"
#include "uncertain.h"

#include <cohort.h>

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct options {
	char *seas; /* paths */
	char *output;
	char *summary;
	char *picture; /* NULL: none */
	char *script;
	struct range recoveries;
	struct range permeabilities;
	struct ro_design design;

	size_t samples; /* of each sea; 0: no Monte Carlo */
	double recovery;
	double permeability;
	struct uncertainty uncertainty;

	bool follow;  /* the table grows while the sweep runs */
	size_t until; /* so many good samples are enough; 0: all */

	/* How it is run: fields of a cohort_job. */
	char *journal; /* NULL: none */
	cohort_schedule schedule;
	bool isolate;
	double timeout;
	int retries;
	double deadline; /* seconds; 0: none */
	bool rerun_failed;
	uint64_t seed;
};

enum options_outcome { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_BAD };

#define OPTIONS_WHY_BYTES 256

/**
 * Read the command line. OPTIONS_HELP: --help was asked for, and written to
 * `help` unless that is NULL. OPTIONS_BAD: `why` has a sentence.
 * In each case the caller releases *out with options_free.
 */
enum options_outcome options_parse(int argc, char **argv, FILE *help,
                                   struct options *out,
                                   char why[OPTIONS_WHY_BYTES]);

void options_free(struct options *options);

#endif
