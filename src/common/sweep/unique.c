#include "unique.h"

#include "common/journal/key_table.h"

cohort_status unique_check(const struct sweep *sweep)
{
	const struct param_sets sets = sweep_param_sets(sweep);
	struct key_table keys;
	uint64_t other = 0;
	uint64_t i = 0;

	if (!key_table_open(&keys, &sets))
		return error_sys("cohort_scatter: job.unique: no memory to "
		                 "compare %zu parameter sets: calloc",
		                 sweep->count);
	for (; i < sweep->count; i++) {
		other = key_table_add(&keys, i);
		if (other != i)
			break;
	}
	key_table_close(&keys);
	if (i == sweep->count)
		return COHORT_OK;
	return error_set(COHORT_EINVAL,
	                 "cohort_scatter: parameter sets %llu and %llu are "
	                 "equal, and job.unique is set: remove one of them",
	                 (unsigned long long)other, (unsigned long long)i);
}
