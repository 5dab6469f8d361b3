/* The options of `cohort sweep` as numbers, checked. Every rank makes the same
 * plan from the same command line. */
#ifndef TOOLS_SWEEP_PLAN_H
#define TOOLS_SWEEP_PLAN_H

#include "measures.h"
#include "only.h"
#include "options.h"
#include "params/parameters.h"
#include "task/parse.h"
#include "task/template.h"

enum halt { HALT_NEVER, HALT_SOON, HALT_NOW };

struct sweep_plan {
	const struct sweep_options *options;
	struct parameter_options parameters;
	struct parse parse;
	enum measures measures;
	struct only only;
	char *journal; /* directory of the sweep */
	uint64_t seed;
	double timeout;     /* seconds; 0: none */
	double grace;       /* seconds */
	double deadline;    /* seconds from now; 0: none */
	bool ignores_slurm; /* SLURM_JOB_END_TIME is no number */
	int retries;
	bool retries_exits;
	enum halt halt;
	uint64_t halt_at; /* failures, or percent of all tasks */
	bool halt_percent;
	int nice;
	uint64_t memory;         /* bytes; 0: no limit */
	int cpus;                /* of a task; 0: not said */
	bool deals_gpus;         /* --gpus */
	int gpus;                /* of the machine; 0: not said */
	int ranks;               /* 0: not said */
	enum template_rest rest; /* of a command without a placeholder */
};

bool sweep_plan_make(const struct sweep_options *options,
                     struct sweep_plan *out);

void sweep_plan_free(struct sweep_plan *plan);

#endif
