/* Whether a job can be run. */
#ifndef COHORT_COMMON_SWEEP_JOB_CHECK_H
#define COHORT_COMMON_SWEEP_JOB_CHECK_H

#include "common/core/group.h"

/* Whether the job's tasks run in child processes. */
bool job_is_isolated(const cohort *group, const cohort_job *job);

/* Check this rank's arguments of cohort_scatter: COHORT_EINVAL, with a
 * sentence, if they are bad. */
COHORT_CHECKED cohort_status job_check(const cohort *group,
                                       const cohort_job *job,
                                       const void *params, size_t count);

#endif
