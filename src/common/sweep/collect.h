/* All ranks' results of a sweep, brought together. */
#ifndef COHORT_COMMON_SWEEP_COLLECT_H
#define COHORT_COMMON_SWEEP_COLLECT_H

#include "common/core/group.h"
#include "results.h"

enum audience { EVERY_RANK, ROOT_ONLY };

/* Collective. `call` is the cohort_gather or cohort_gather_to_root that this is
 * part of, and result_bytes the size of the caller's cohort_result. On success
 * the caller releases *out with cohort_results_free. */
COHORT_CHECKED cohort_status collect_results(cohort *group, struct sweep *sweep,
                                             const struct call *call,
                                             enum audience audience,
                                             size_t result_bytes,
                                             cohort_results **out);

/* The same in a group that has lost ranks, without a collective call: every rank
 * that lives reads the results of all where they are. COHORT_EPEER if they cannot
 * be had. */
COHORT_CHECKED cohort_status collect_left_results(
    cohort *group, struct sweep *sweep, const struct call *call,
    enum audience audience, size_t result_bytes, cohort_results **out);

#endif
