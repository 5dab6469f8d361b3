/* One cohort_scatter's parameters and this rank's results of it. Shared by
 * reference: the group holds the last one, and every cohort_results its own. */
#ifndef COHORT_COMMON_SWEEP_SWEEP_H
#define COHORT_COMMON_SWEEP_SWEEP_H

#include "cohort.h"
#include "result_store.h"

struct sweep {
	unsigned references;
	size_t count;       /* parameter sets */
	size_t param_bytes; /* in each */
	unsigned char *params;
	struct result_store store; /* the results of this rank */
	/* What became of tasks that nobody has a result of. */
	cohort_status unfinished;
	char *reason;
};

/* The results go into a region of `regions`, if that is not NULL; into memory
 * that forked copies share, at least, if they are `isolated`. NULL, with the
 * sentence written, if there is no memory. */
struct sweep *sweep_create(size_t count, size_t param_bytes, bool isolated,
                           struct region_allocator *regions);

/* Why tasks were not run: this thread's last failure. */
void sweep_explain(struct sweep *sweep, cohort_status status);

struct sweep *sweep_hold(struct sweep *sweep);

/* NULL is allowed. */
void sweep_release(struct sweep *sweep);

/* The parameter set at `index`; NULL if it has no bytes. */
const void *sweep_param(const struct sweep *sweep, size_t index);

#endif
