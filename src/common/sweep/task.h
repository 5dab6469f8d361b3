/* One attempt at one task. */
#ifndef COHORT_COMMON_SWEEP_TASK_H
#define COHORT_COMMON_SWEEP_TASK_H

#include "sweep.h"

enum { FAILURE_BYTES = 512 }; /* a task's sentence is cut there */

struct cohort_task {
	struct sweep *sweep;
	void *state;
	uint64_t seed; /* the job's */
	size_t index;
	int attempt;
	bool no_memory;
	size_t wanted; /* bytes that there was no memory for */
	char failure[FAILURE_BYTES];
};

/* Run it: `task` has the fields down to `attempt`. Sets all of the record but
 * its rank and the numbers of bytes, and returns the sentence of a failed
 * task, which is the task's, or NULL. The result is open in the store. */
const char *task_run(cohort_task *task, int (*execute)(cohort_task *),
                     struct record *record);

#endif
