/* The results of a sweep, brought together by collective calls. */
#ifndef COHORT_COMMON_SWEEP_COLLECT_H
#define COHORT_COMMON_SWEEP_COLLECT_H

#include "collection.h"

/* Collective; see collection_run. */
COHORT_CHECKED cohort_status collect_results(cohort *group, struct sweep *sweep,
                                             const struct call *call,
                                             enum audience audience,
                                             size_t result_bytes,
                                             cohort_results **out);

#endif
