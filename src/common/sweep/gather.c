/* cohort_gather and cohort_gather_to_root. */
#include "collect.h"
#include "collect_kept.h"
#include "common/base/struct_size.h"
#include "common/core/group_call.h"
#include "group_sweeps.h"
#include "survivors.h"

#include <errno.h>

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
	cohort_status status = struct_check_result(function, result_bytes);
	if (status != COHORT_OK)
		return status;
	if (!sweeps || !sweeps->last)
		return error_set(COHORT_ESTATE,
		                 "%s: rank %d has no results: no "
		                 "cohort_scatter of this group has run tasks; "
		                 "every rank must call cohort_scatter before",
		                 function, group->world->rank);
	return COHORT_OK;
}

/* Whether the group has lost ranks, but not the results of its last sweep. */
static bool has_kept_results(const cohort *group)
{
	const struct group_sweeps *sweeps = group_sweeps_find(group);

	return sweeps && sweeps->last && sweeps->last->number &&
	       survivors_remain(group);
}

/* `lost`: a rank has died, and its results are kept. */
static cohort_status gather_results(cohort *group, bool lost,
                                    enum call_kind kind, enum audience audience,
                                    size_t result_bytes, cohort_results **out)
{
	struct call call = *group_call(group, kind);
	cohort_status status =
	    check_results_call(group, call_function(&call), result_bytes, out);

	call.counts = COUNTS_OWN;
	if (status != COHORT_OK)
		return lost ? status : group_refuse(group, &call, status);
	struct sweep *sweep = group_sweeps_find(group)->last;
	const int cancel_state = cancellation_forbid();
	LEFT_CALL_GUARD guard = {lost ? NULL : group};
	if (!lost)
		status = collect_results(group, sweep, &call, audience,
		                         result_bytes, out);
	/* A rank may have died just now: the others need not lose the sweep. */
	if (lost || (status == COHORT_EPEER && has_kept_results(group)))
		status = collect_kept_results(group, sweep, &call, audience,
		                              result_bytes, out);
	guard.group = NULL;
	cancellation_allow(cancel_state);
	return lost ? status : group_leave(group, status);
}

static cohort_status gather_as(cohort *group, enum call_kind kind,
                               enum audience audience, size_t result_bytes,
                               cohort_results **out)
{
	const char *called = call_function(&(struct call){.kind = kind});
	cohort_status status = group_enter(group, called);
	const bool lost = status == COHORT_EPEER && has_kept_results(group);

	if (status != COHORT_OK && !lost)
		return status;
	if (lost)
		group->saved_errno = errno;
	const struct error_call before =
	    error_begin_call("cohort_gather", called);
	status = gather_results(group, lost, kind, audience, result_bytes, out);
	error_end_call(before);
	return status;
}

cohort_status cohort_gather_sized(cohort *group, size_t result_bytes,
                                  cohort_results **out)
{
	return gather_as(group, CALL_GATHER, EVERY_RANK, result_bytes, out);
}

cohort_status cohort_gather_to_root_sized(cohort *group, size_t result_bytes,
                                          cohort_results **out)
{
	return gather_as(group, CALL_GATHER_TO_ROOT, ROOT_ONLY, result_bytes,
	                 out);
}
