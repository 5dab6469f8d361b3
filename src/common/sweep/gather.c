/* cohort_gather and cohort_gather_to_root. */
#include "collect.h"
#include "group_sweeps.h"

#include <stddef.h>

/* At least that of version 0.1; the size of a struct is always a multiple of its
 * alignment. */
static bool is_result_size(size_t bytes)
{
	return bytes >= offsetof(cohort_result, attempts) + sizeof(int) &&
	       bytes % _Alignof(cohort_result) == 0;
}

static cohort_status check_results_call(const cohort *group,
                                        const char *function,
                                        size_t result_bytes,
                                        cohort_results **out)
{
	const struct group_sweeps *sweeps = group_sweeps_find(group);

	if (!out)
		return error_set(COHORT_EINVAL,
		                 "%s: out is NULL: pass the address of a "
		                 "cohort_results pointer",
		                 function);
	if (!is_result_size(result_bytes))
		return error_set(COHORT_EINVAL,
		                 "%s: result_bytes is %zu, which no version's "
		                 "cohort_result has: pass "
		                 "sizeof(cohort_result)",
		                 function, result_bytes);
	if (!sweeps || !sweeps->last)
		return error_set(COHORT_ESTATE,
		                 "%s: rank %d has no results: no "
		                 "cohort_scatter of this group has run tasks; "
		                 "every rank must call cohort_scatter before",
		                 function, group->world->rank);
	return COHORT_OK;
}

static cohort_status gather_results(cohort *group, const char *function,
                                    enum call_kind kind, enum audience audience,
                                    size_t result_bytes, cohort_results **out)
{
	cohort_status status = group_enter(group, function);

	if (status != COHORT_OK)
		return status;
	struct call call = *group_call(group, kind);
	call.counts = COUNTS_OWN;
	status = check_results_call(group, function, result_bytes, out);
	if (status != COHORT_OK)
		return group_refuse(group, &call, status);
	return group_leave(
	    group, collect_results(group, group_sweeps_find(group)->last, &call,
	                           audience, result_bytes, out));
}

cohort_status cohort_gather_sized(cohort *group, size_t result_bytes,
                                  cohort_results **out)
{
	return gather_results(group, "cohort_gather", CALL_GATHER, EVERY_RANK,
	                      result_bytes, out);
}

cohort_status cohort_gather_to_root_sized(cohort *group, size_t result_bytes,
                                          cohort_results **out)
{
	return gather_results(group, "cohort_gather_to_root",
	                      CALL_GATHER_TO_ROOT, ROOT_ONLY, result_bytes,
	                      out);
}
