/* The parameter sets that the root's caller has passed, and their copy. */
#ifndef COHORT_COMMON_SWEEP_PARAM_SOURCE_H
#define COHORT_COMMON_SWEEP_PARAM_SOURCE_H

#include "common/base/error.h"
#include "common/base/node_memory.h"
#include "common/base/param_sets.h"

struct param_source {
	size_t bytes; /* in each set, or PARAM_SIZES_DIFFER */
	size_t count;
	const void *sets;           /* one after another */
	const cohort_blob *objects; /* instead, if the sizes differ */
};

/* Check objects that `function`'s caller has passed; job_check has checked sets
 * of one size. COHORT_EINVAL. */
COHORT_CHECKED cohort_status
param_source_check(const struct param_source *source, const char *function);

/* The bytes of the copy. */
size_t param_source_total(const struct param_source *source);

/* Copy the sets, whose total is above 0, in the layout of param_sets.h. False
 * with errno if there is no memory. */
bool param_source_copy(const struct param_source *source,
                       struct node_memory *memory, enum node_memory_kind kind);

#endif
