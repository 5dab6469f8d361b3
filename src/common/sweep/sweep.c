#define _POSIX_C_SOURCE 200809L
#include "sweep.h"

#include "common/base/error.h"
#include "common/base/region_allocator.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

cohort_status sweep_create(size_t count, size_t param_bytes, bool isolated,
                           struct region_allocator *regions, struct sweep **out)
{
	struct sweep *sweep = calloc(1, sizeof(*sweep));

	if (!sweep)
		return error_sys("cohort_scatter: calloc");
	*sweep = (struct sweep){
	    .references = 1,
	    .count = count,
	    .param_bytes = param_bytes,
	};
	result_store_init(&sweep->store,
	                  isolated && !regions ? &private_regions : regions);
	if (isolated && !sweep->store.regions) {
		errno = sweep->store.refused;
		const cohort_status status =
		    error_sys("cohort_scatter: shared memory for the results "
		              "of isolated tasks cannot be had by mmap and "
		              "mprotect");
		sweep_release(sweep);
		return status;
	}
	*out = sweep;
	return COHORT_OK;
}

void sweep_explain(struct sweep *sweep, cohort_status status)
{
	free(sweep->reason);
	sweep->unfinished = status;
	sweep->reason = strdup(cohort_error());
}

struct sweep *sweep_hold(struct sweep *sweep)
{
	atomic_fetch_add(&sweep->references, 1);
	return sweep;
}

void sweep_release(struct sweep *sweep)
{
	if (!sweep || atomic_fetch_sub(&sweep->references, 1) > 1)
		return;
	result_store_free(&sweep->store);
	node_memory_free(&sweep->params);
	free(sweep->reason);
	free(sweep);
}
