/* One attempt at one task. */
#ifndef COHORT_COMMON_SWEEP_TASK_H
#define COHORT_COMMON_SWEEP_TASK_H

#include "asked.h"
#include "common/base/error.h"
#include "common/core/process_mark.h"
#include "sweep_run.h"

/* Of the sentence of a failed task, and of one about a task that crashed. */
enum { FAILURE_BYTES = ERROR_BYTES, CRASH_BYTES = 512 };

struct worker;

struct cohort_task {
	const struct sweep_run *run;
	struct sweep *sweep;
	void *state;
	uint64_t seed; /* the job's */
	size_t index;
	int attempt;
	int64_t begin; /* of the attempt, by clock_ns */
	int rank;
	struct worker *worker;
	struct asked *asked; /* NULL without a journal */
	/* cohort_task_result has found no memory for `wanted` bytes. */
	bool no_memory;
	struct process_mark process; /* that runs the task */
	size_t wanted;
	bool abandoned;              /* cohort_task_abandon was called */
	bool doubted;                /* cohort_task_doubt was called */
	char failure[FAILURE_BYTES]; /* "" if cohort_task_fail was not called */
};

/* Run the task. The caller has set the fields down to `begin`. Sets all fields
 * of the record but the rank and the numbers of bytes, and leaves the result
 * open in the store. Returns the sentence of a failed task, which is part of
 * `task`; NULL if it succeeded. */
const char *task_run(cohort_task *task, int (*execute)(cohort_task *),
                     struct record *record);

#endif
