/* The results of a sweep in a group that has lost ranks, without a collective
 * call: every rank that lives reads the results of all where they were
 * written. */
#ifndef COHORT_COMMON_SWEEP_COLLECT_KEPT_H
#define COHORT_COMMON_SWEEP_COLLECT_KEPT_H

#include "collection.h"

/* See collection_run. COHORT_EPEER if the results cannot be had. */
COHORT_CHECKED cohort_status collect_kept_results(
    cohort *group, struct sweep *sweep, const struct call *call,
    enum audience audience, size_t result_bytes, cohort_results **out);

#endif
