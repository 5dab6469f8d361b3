/*
 * --halt: the sweep stops when so many tasks have failed in this run. Each rank
 * counts the failures of its own machine; the root counts those of all
 * machines.
 */
#ifndef TOOLS_SWEEP_HALT_H
#define TOOLS_SWEEP_HALT_H

#include "worker.h"

/* Whether so many tasks have failed, and `more` beside those that the library
 * has counted. */
bool halt_is_due(const struct worker_setup *setup, uint64_t more);

/* Stop the sweep, from one of its tasks or from on_result. */
void halt_sweep(const struct worker_setup *setup);

/* The job's on_result, whose arg is the worker_setup: the root counts the
 * failures of all machines. */
int halt_count_result(void *arg, const cohort_result *result);

#endif
