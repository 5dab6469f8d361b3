/* What cohort_gather returns: every rank's records, where they lie, and two
 * lists of them. */
#ifndef COHORT_COMMON_SWEEP_RESULTS_H
#define COHORT_COMMON_SWEEP_RESULTS_H

#include "common/base/region_allocator.h"
#include "sweep.h"

/* One rank's records, in the order in which it made them. */
struct part {
	const unsigned char *records;
	size_t bytes;
	void *loan; /* the region that they are in; NULL: nobody's */
};

struct cohort_results {
	struct sweep *sweep; /* owns the parameters, and what this rank ran */
	struct region_allocator *regions;
	struct part *parts;
	size_t part_count;
	unsigned char *moved; /* what travelled, of all ranks */
	bool whole;           /* all parts are there, not just this rank's */
	cohort_result *all;
	size_t count;
	cohort_result *local;
	size_t local_count;
};

/* Make the lists of what the parts hold; with all parts, there is a result for
 * each parameter set. False if there is no memory. */
bool results_index(cohort_results *results, int rank);

/* Give the elements of both lists the size that the caller's cohort_result has.
 * False if there is no memory. */
bool results_lay_out(cohort_results *results, size_t result_bytes);

#endif
