/* The deadline of a job: no task begins that the slowest quarter of the tasks
 * so far would not finish in time. The ranks of a machine judge by their common
 * durations, and once one of them begins no more tasks, none does. */
#ifndef COHORT_COMMON_SWEEP_DEADLINE_STOP_H
#define COHORT_COMMON_SWEEP_DEADLINE_STOP_H

#include "sweep_run.h"

/* In cohort_scatter on rank 0: the time of the deadline, which is so many
 * seconds after the call; 0 if there is none. */
double deadline_stop_time(const cohort_job *job);

/* Before the ranks agree to begin: this machine's durations are those that the
 * journal has. A status of journal_read on rank 0. */
COHORT_CHECKED cohort_status deadline_stop_prepare(struct sweep_run *run);

/* When all ranks have agreed to begin, as a collective call if they are on
 * several machines, whose clocks differ: rank 0 sends how much time is left. */
COHORT_CHECKED cohort_status deadline_stop_begin(struct sweep_run *run);

/* Whether this rank may begin no more tasks. Only if the job has a deadline. */
bool deadline_stop_forbids(const struct sweep_run *run);

/* Whether some rank of this machine has begun no more tasks for it. */
bool deadline_stop_came(const struct sweep_run *run);

#endif
