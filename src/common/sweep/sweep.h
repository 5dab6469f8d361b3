/* The parameters of one cohort_scatter, and this rank's results. The group
 * refers to its last sweep, and each cohort_results to its own. */
#ifndef COHORT_COMMON_SWEEP_SWEEP_H
#define COHORT_COMMON_SWEEP_SWEEP_H

#include "cohort.h"
#include "common/base/node_memory.h"
#include "common/base/param_sets.h"
#include "result_store.h"

#include <stdatomic.h>

struct sweep {
	atomic_uint references;    /* results are freed in any thread */
	uint64_t number;           /* see survivors.h */
	size_t count;              /* parameter sets */
	size_t param_bytes;        /* in each, or PARAM_SIZES_DIFFER */
	struct node_memory params; /* laid out as param_sets.h says */
	struct result_store store;
	/* The job's discard: only results that on_result has not got, and
	 * failed ones, are in rank 0's store. The others are empty. */
	bool discarded;
	/* The status and sentence of tasks that no rank has run. */
	cohort_status unfinished;
	char *reason;
};

/* A sweep with one reference, without parameters and results. The store
 * is in a region of `regions` if that is not NULL. If the tasks are `isolated`,
 * the store is in memory that forked copies share. COHORT_ENOMEM, or
 * COHORT_ESYS if the system refuses such memory. */
COHORT_CHECKED cohort_status sweep_create(size_t count, size_t param_bytes,
                                          bool isolated,
                                          struct region_allocator *regions,
                                          struct sweep **out);

/* Keep why tasks were not run: `status`, and this thread's last sentence. */
void sweep_explain(struct sweep *sweep, cohort_status status);

/* Take another reference. */
struct sweep *sweep_hold(struct sweep *sweep);

/* Release a reference. NULL is allowed. */
void sweep_release(struct sweep *sweep);

static inline struct param_sets sweep_param_sets(const struct sweep *sweep)
{
	return (struct param_sets){sweep->params.data, sweep->count,
	                           sweep->param_bytes};
}

/* The parameter set at `index`; NULL if it has no bytes. *bytes receives their
 * number. */
static inline const void *sweep_param(const struct sweep *sweep, size_t index,
                                      size_t *bytes)
{
	const struct param_sets sets = sweep_param_sets(sweep);

	return param_set(&sets, index, bytes);
}

#endif
