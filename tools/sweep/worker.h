/* Runs the commands of a rank's tasks. */
#ifndef TOOLS_SWEEP_WORKER_H
#define TOOLS_SWEEP_WORKER_H

#include "plan.h"

#include <cohort.h>
#include <jansson.h>

/* What the root tells all ranks before the sweep. */
struct sweep_setup {
	uint64_t run;       /* number of this run of the sweep, from 1 */
	uint64_t halt_at;   /* failures that stop the sweep; 0: none do */
	struct table names; /* only its columns */
};

/* What only the root has. */
struct sweep_root {
	struct table table; /* of the parameters */
	bool is_noted;      /* the sweep's directory has it */
};

/* `arg` of the job. */
struct worker_setup {
	const struct sweep_plan *plan;
	const struct sweep_setup *setup;
	cohort *group;
	struct sweep_root *root; /* NULL on other ranks */
	const json_t *description;
};

/* The functions of the job. */
int worker_build(void *arg, void **state);
int worker_execute(cohort_task *task);
void worker_teardown(void *state);

/* Check on this rank, before the sweep, that the command can be started. */
bool worker_check(const struct sweep_plan *plan,
                  const struct sweep_setup *setup);

#endif
