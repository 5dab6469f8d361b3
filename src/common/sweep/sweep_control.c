/* The calls that watch and stop a group's sweeps. */
#include "group_sweeps.h"

#include <errno.h>

cohort_status cohort_stop_on_signals(cohort *group)
{
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	struct group_sweeps *sweeps = group_sweeps_attach(group, __func__);
	if (sweeps)
		signal_stop_arm(&sweeps->listener);
	else
		status = COHORT_ENOMEM;
	errno = group->saved_errno;
	return status;
}

int cohort_stop_signal(const cohort *group)
{
	return group ? signal_stop_pending(group->world->stats) : 0;
}

cohort_status cohort_progress(const cohort *group, cohort_counts *out)
{
	if (!group || !out)
		return error_set(COHORT_EINVAL,
		                 "cohort_progress: %s is NULL: pass %s",
		                 group ? "out" : "group",
		                 group ? "the address of a cohort_counts"
		                       : "what cohort_open returned");
	const struct group_sweeps *sweeps = group_sweeps_find(group);
	*out = sweeps ? progress_read(&sweeps->progress, group->world)
	              : (cohort_counts){0};
	return COHORT_OK;
}
