/* Tasks in a child process: one that crashes, exits or takes too long fails
 * alone. */
#ifndef COHORT_COMMON_SWEEP_SUPERVISOR_H
#define COHORT_COMMON_SWEEP_SUPERVISOR_H

#include "worker.h"

/* As worker_run, but by child processes of this one, which sleeps while a child
 * works, and forks another one when it has crashed. */
COHORT_CHECKED cohort_status supervisor_run(struct worker *worker);

#endif
