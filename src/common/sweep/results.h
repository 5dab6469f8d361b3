/* A cohort_results: the records of all ranks, and the two lists made of them. */
#ifndef COHORT_COMMON_SWEEP_RESULTS_H
#define COHORT_COMMON_SWEEP_RESULTS_H

#include "common/base/region_allocator.h"
#include "sweep.h"

/* The records of one rank, in the order in which it ran the tasks. */
struct rank_results {
	const unsigned char *records;
	size_t bytes;
	/* The region of another rank that `records` is in; this rank is one of
	 * its readers. NULL: it is in none. */
	void *peer_region;
};

struct cohort_results {
	struct sweep *sweep; /* has the parameters and this rank's records */
	struct region_allocator *regions;
	struct rank_results *ranks; /* one for each rank of the group */
	size_t rank_count;
	unsigned char *received; /* all records, where they were sent */
	bool complete; /* all ranks' records are here, not this rank's alone */
	cohort_result *all;
	size_t count;
	cohort_result *local;
	size_t local_count;
};

/* The lowest rank with records that cannot be walked, or that are of no parameter
 * set of the sweep; -1: there is none. */
int results_damaged(const cohort_results *results);

/* Make the two lists from the records. `rank` is this one. With complete records
 * the first list has a result for each parameter set. False if there is no
 * memory. */
bool results_index(cohort_results *results, int rank);

/* Give the elements of both lists the size that the caller's cohort_result has.
 * False if there is no memory. */
bool results_lay_out(cohort_results *results, size_t result_bytes);

#endif
