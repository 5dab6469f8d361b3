/* Tasks that were claimed in a pass, and have no result on any rank. */
#ifndef COHORT_COMMON_SWEEP_LOST_TASKS_H
#define COHORT_COMMON_SWEEP_LOST_TASKS_H

#include "sweep_run.h"

/* Make them the todo list. Every rank calls it in step, and returns the same
 * status. Cost: an allreduce of a bit for each task of the sweep. */
COHORT_CHECKED cohort_status lost_tasks_find(struct sweep_run *run);

#endif
