/* The ranks that have died in a sweep, and the tasks that they ran. */
#ifndef COHORT_COMMON_SWEEP_VICTIMS_H
#define COHORT_COMMON_SWEEP_VICTIMS_H

#include "sweep_run.h"

enum { VICTIM_BYTES = 256 };

/* Write how the first rank ended that has died in the sweep, and how many more
 * have. Ranks that ended after it do not count. */
void victims_describe(const struct sweep_run *run, char text[VICTIM_BYTES]);

/* Log on rank 0 which rank has died, if that is known. The processes of rank 0
 * do so once together. */
void victims_log(const struct sweep_run *run);

/* The number of attempts at this task that ended with the death of their rank.
 * *asked receives what they asked for; see asked.h. */
int victims_attempts(const struct sweep_run *run, size_t index,
                     unsigned *asked);

/* On rank 0, while no rank that lives runs a task. `done` has the tasks that
 * have a result. A task that a rank ran when it died becomes a failed result of
 * that rank, and is added to `done`, unless it has attempts left. *acknowledged
 * becomes true if a rank has died since the last call. */
COHORT_CHECKED cohort_status victims_acknowledge(struct sweep_run *run,
                                                 unsigned char *done,
                                                 bool *acknowledged);

#endif
