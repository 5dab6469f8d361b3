/* Tasks in a child process, which may crash, exit or overstay. */
#ifndef COHORT_COMMON_SWEEP_SUPERVISOR_H
#define COHORT_COMMON_SWEEP_SUPERVISOR_H

#include "worker.h"

/* As worker_run, but by children, one after another; this process sleeps, and
 * restarts them. */
COHORT_CHECKED cohort_status supervisor_run(struct worker *worker);

#endif
