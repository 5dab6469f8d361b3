/* What ranks say of themselves between the parts of a cohort_scatter, so that
 * all of them go on, or none. */
#ifndef COHORT_COMMON_REPORT_H
#define COHORT_COMMON_REPORT_H

#include "run.h"

/* What one says. */
struct report {
	uint64_t records; /* results that it has */
	int32_t built;
	int32_t status;
	int32_t signal; /* that stops the sweep; 0: none */
	int32_t padding;
};

/* All of them. */
struct reports {
	struct report *of; /* by rank; to be freed */
	int failed; /* the lowest rank whose status is none of success, or -1 */
};

/* Nobody passes before all have come. */
COHORT_CHECKED cohort_status report_exchange(struct run *run,
                                             const struct report *mine,
                                             struct reports *out);

/* The status of the rank that failed, with its last sentence; COHORT_OK if none
 * did. A status that breaks groups does. */
COHORT_CHECKED cohort_status report_failure(struct run *run,
                                            const struct reports *reports);

/* The same of rank `from` alone, which all know to have failed. */
COHORT_CHECKED cohort_status report_share(struct run *run, int from,
                                          cohort_status failure);

/* COHORT_OK if that is every rank's status, else one that is not. */
COHORT_CHECKED cohort_status report_agree(struct run *run, cohort_status mine);

#endif
