/* Runs the commands of a rank's tasks. */
#ifndef TOOLS_SWEEP_WORKER_H
#define TOOLS_SWEEP_WORKER_H

#include "plan.h"
#include "setup.h"

#include <cohort.h>
#include <jansson.h>

/* What only the root has. */
struct sweep_root {
	struct table table; /* of the parameters */
	bool is_noted;      /* the sweep's directory has it */
	bool made_output_folder;
};

/* `arg` of the job. */
struct worker_setup {
	const struct sweep_plan *plan;
	const struct sweep_setup *setup;
	cohort *group;
	struct sweep_root *root; /* NULL on other ranks */
	const json_t *description;
	bool is_refused; /* the system refused this rank what tasks need */
	/* On the root with --halt, results that on_result has got: */
	uint64_t results;
	uint64_t resumed; /* of them, those that the journal had */
	uint64_t failed;  /* of them, the failures of this run */
};

/* The functions of the job. */
int worker_build(void *arg, void **state);
int worker_execute(cohort_task *task);
void worker_teardown(void *state);

#endif
