/* Whether this process, or this thread, runs a task. */
#ifndef COHORT_COMMON_CORE_TASK_PROCESS_H
#define COHORT_COMMON_CORE_TASK_PROCESS_H

#include "cohort.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Make this process, a forked copy of a rank, one that only runs the rank's
 * tasks: it opens no groups, and cohort_abort stores the exit code in the
 * bits TASK_EXIT_CODE of *aborted, with the other bits of `key`, so that the
 * rank aborts. */
enum { TASK_EXIT_CODE = 0xff };
void task_process_become(_Atomic uint64_t *aborted, uint64_t key);

/* Whether this thread is in a task. COHORT_ESTATE if only another one is. */
COHORT_CHECKED cohort_status task_process_find(bool *in_task);

/* From now on a program that calls `exit` in a function of the job ends with a
 * sentence. Once; without memory for a handler there is none. */
void task_process_watch_exit(void);

/* cohort_abort of the rank's group. Returns false if this process is no copy
 * that runs tasks. */
bool task_process_abort(int exit_code);

#endif
