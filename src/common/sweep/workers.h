/* The ranks that run tasks: they build, and tear down what they have built. */
#ifndef COHORT_COMMON_SWEEP_WORKERS_H
#define COHORT_COMMON_SWEEP_WORKERS_H

#include "sweep_run.h"

/* The lowest ranks are workers, at most one for each task to do. Before the
 * tickets are opened. */
void workers_choose(struct sweep_run *run);

/* Call the job's build if this rank is a worker. A rank that has failed already
 * does not. */
void workers_build(struct sweep_run *run);

/* Every rank learns which ranks work, and whether all of them can begin; `mine`
 * is this one's status. No rank passes before all ranks have opened the
 * tickets, so tasks can be claimed afterwards. Returns the same status on every
 * rank. */
COHORT_CHECKED cohort_status workers_agree(struct sweep_run *run,
                                           cohort_status mine);

/* Call the job's teardown if this rank has built. */
void workers_tear_down(const struct sweep_run *run);

#endif
