/* What becomes of the tasks that a worker has run. */
#ifndef COHORT_COMMON_SWEEP_WORKER_KEEP_H
#define COHORT_COMMON_SWEEP_WORKER_KEEP_H

#include "worker_state.h"

/* Write how many tasks it has done into this rank's counters. */
void worker_count(const struct worker *worker);

/* Keep, count and journal the outcome of a task. `error` is NULL if the task
 * succeeded. */
COHORT_CHECKED cohort_status worker_add(struct worker *worker,
                                        struct record *record,
                                        const char *error);

/* The child has ended that ran the task with this index: the next attempt at
 * task number cursor.next, or its failure, has asked for what the child did. */
void worker_note_asked(struct worker *worker, size_t index);

/* Task number cursor.next has an outcome, or needs none: move on. */
void worker_move_on(struct worker *worker);

/* Both, for task number cursor.next. */
COHORT_CHECKED cohort_status worker_keep(struct worker *worker,
                                         struct record *record,
                                         const char *error);

#endif
