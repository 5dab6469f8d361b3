/* What ranks say of themselves between the parts of a cohort_scatter, so that
 * all of them go on, or none. */
#ifndef COHORT_COMMON_SWEEP_STATUS_EXCHANGE_H
#define COHORT_COMMON_SWEEP_STATUS_EXCHANGE_H

#include "sweep_run.h"

/* What one says. */
struct rank_status {
	uint64_t records; /* results that it has */
	int32_t built;
	int32_t status;
	int32_t signal; /* that stops the sweep; 0: none */
	int32_t padding;
};

/* All of them. */
struct statuses {
	struct rank_status *of; /* by rank; to be freed */
	int failed; /* the lowest rank whose status is none of success, or -1 */
};

/* Nobody passes before all have come. */
COHORT_CHECKED cohort_status status_exchange(struct sweep_run *run,
                                             const struct rank_status *mine,
                                             struct statuses *out);

/* The status of the rank that failed, with its last sentence; COHORT_OK if none
 * did. A status that breaks groups does. */
COHORT_CHECKED cohort_status status_failure(struct sweep_run *run,
                                            const struct statuses *statuses);

/* The same of rank `from` alone, which all know to have failed. */
COHORT_CHECKED cohort_status status_share(struct sweep_run *run, int from,
                                          cohort_status failure);

/* COHORT_OK if that is every rank's status, else one that is not. */
COHORT_CHECKED cohort_status status_agree(struct sweep_run *run,
                                          cohort_status mine);

#endif
