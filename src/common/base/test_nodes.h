/* For tests of the mpi backend on one machine. */
#ifndef COHORT_COMMON_BASE_TEST_NODES_H
#define COHORT_COMMON_BASE_TEST_NODES_H

#include "cohort.h"

/* COHORT_TEST_NODES: the number of nodes that the ranks of one machine pretend
 * to be on; 0 if it is unset. COHORT_ECONFIG for anything else, with *out
 * untouched. */
COHORT_CHECKED cohort_status test_nodes_read(int *out);

#endif
