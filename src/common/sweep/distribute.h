/* A sweep's way from the root to the other ranks. */
#ifndef COHORT_COMMON_SWEEP_DISTRIBUTE_H
#define COHORT_COMMON_SWEEP_DISTRIBUTE_H

#include "param_source.h"
#include "sweep_run.h"

/*
 * Send what the sweep is, its parameters, and which tasks earlier runs have
 * done. Collective. `run` has group, job, call and param_bytes, afterwards all
 * but the fields that build sets. Returns the same status on every rank. *mine
 * is a failure of this rank that the others do not know of yet; it is not
 * changed if there is none.
 */
COHORT_CHECKED cohort_status distribute_sweep(struct sweep_run *run,
                                              const struct param_source *source,
                                              cohort_status *mine);

#endif
