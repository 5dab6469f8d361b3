/* The calls that watch and stop a group's sweeps. */
#include "common/base/struct_size.h"
#include "common/core/group_call.h"
#include "group_sweeps.h"

#include <errno.h>

cohort_status cohort_stop_on_signals(cohort *group)
{
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	struct group_sweeps *sweeps = group_sweeps_attach(group, __func__);
	if (!sweeps)
		status = COHORT_ENOMEM;
	else if (!signal_stop_arm(&sweeps->listener))
		status = error_sys("%s: rank %d cannot handle signals: "
		                   "sigaction",
		                   __func__, group->world->rank);
	errno = group->saved_errno;
	return group_leave(group, status);
}

int cohort_stop_signal(const cohort *group)
{
	return group ? signal_stop_pending(group->world->states) : 0;
}

cohort_status cohort_progress_sized(const cohort *group, cohort_counts *out,
                                    size_t out_bytes)
{
	if (!group || !out)
		return error_set(COHORT_EINVAL,
		                 "cohort_progress: %s is NULL: pass %s",
		                 group ? "out" : "group",
		                 group ? "the address of a cohort_counts"
		                       : "what cohort_open returned");
	if (group_is_closed(group))
		return group_turn_away(group, "cohort_progress");
	const struct group_sweeps *sweeps = group_sweeps_find(group);
	const cohort_counts counts =
	    sweeps ? progress_read(&sweeps->progress, group->world)
	           : (cohort_counts){0};
	struct_write(out, out_bytes, &counts, sizeof(counts));
	return COHORT_OK;
}
