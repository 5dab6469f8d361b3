/* What a sweep is doing, by the notes of its ranks. */
#ifndef TOOLS_RESULTS_RUNNING_H
#define TOOLS_RESULTS_RUNNING_H

#include "sweep/loaded.h"

/* Print the sweep's rate and the time left, and which rank runs which task for
 * how long; of many ranks those with the longest tasks unless `all`. Prints
 * nothing if no rank has left a note. */
void running_print(const char *folder, const struct loaded *loaded, bool all);

/* The rank that runs the task, and for how many seconds it has; -1 if no rank
 * says that it does. */
int running_rank_of(const char *folder, uint64_t index, double *seconds);

#endif
