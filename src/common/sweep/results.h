/* A cohort_results: the records of all ranks, and the two lists made of
 * them. */
#ifndef COHORT_COMMON_SWEEP_RESULTS_H
#define COHORT_COMMON_SWEEP_RESULTS_H

#include "result_list.h"

/* Check that all records can be walked and are of the sweep's parameter sets,
 * and count those that `rank`, this one, ran in this run. Returns the lowest
 * rank with records that are damaged; -1: there is none. */
int results_check(cohort_results *results, int rank);

/* After results_check: reserve memory for both lists, with elements of
 * `result_bytes` bytes. False if there is none. */
bool results_reserve(cohort_results *results, size_t result_bytes);

#endif
