/* What the root tells all ranks before the sweep. */
#ifndef TOOLS_SWEEP_SETUP_H
#define TOOLS_SWEEP_SETUP_H

#include "core_share.h"
#include "parameter_set.h"

struct sweep_setup {
	uint64_t run;         /* number of this run of the sweep, from 1 */
	uint64_t halt_at;     /* failures that stop the sweep; 0: none do */
	struct chosen chosen; /* the tasks that run */
	size_t mended;      /* of those with a result, left out (on the root) */
	struct table names; /* of the parameters: only its columns */
	/* Each rank finds out for itself: */
	struct ties ties;        /* of the command line */
	struct core_share cores; /* with --cpus */
};

/* Collective: send the root's setup to all ranks, but for what each rank finds
 * out. False with a sentence if the library refuses. */
bool setup_send(cohort *group, struct sweep_setup *setup);

void setup_free(struct sweep_setup *setup);

#endif
