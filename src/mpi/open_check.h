/* Whether the ranks that open a group belong together: the same version of
 * cohort, the same program, the same variables. */
#ifndef COHORT_MPI_OPEN_CHECK_H
#define COHORT_MPI_OPEN_CHECK_H

#include "cohort.h"

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

/* One rank's part of the check. */
struct open_side {
	const char *variables; /* for sentences */
	uint64_t variables_digest;
	bool scoped;           /* the group */
	cohort_status refused; /* not COHORT_OK: this rank cannot open, for the
	                        * reason in this thread's sentence */
};

/* Collective. COHORT_EMISMATCH on every rank if two differ or another one
 * refuses, with both ranks' hosts in the sentence; mine->refused, with the same
 * sentence as before, if this one does. */
COHORT_CHECKED cohort_status open_check(MPI_Comm comm,
                                        const struct open_side *mine);

#endif
