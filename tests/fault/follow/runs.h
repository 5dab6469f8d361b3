/* Runs of the sweep, in processes of their own. */
#ifndef FAULT_FOLLOW_RUNS_H
#define FAULT_FOLLOW_RUNS_H

#include <stdbool.h>
#include <sys/types.h>

/* Start a run, with 3 ranks under the launcher LAUNCHER if that is set. `limit` is
 * the largest size of a file; 0: none. */
pid_t run_start(const char *journal, bool isolate, long limit);

/* Whether the run has ended. *status receives its exit status, or 128 and the
 * signal. */
bool run_ended(pid_t run, int *status);

#endif
