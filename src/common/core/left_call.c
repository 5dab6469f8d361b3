#include "left_call.h"

#include "common/base/cancellation.h"
#include "group.h"

/* Groups whose ranks are the same processes find CALLER_LEFT at their next
 * call. */
static cohort_status break_group(cohort *group, const char *function)
{
	const struct world *world = group->world;
	const cohort_status status = error_set(
	    COHORT_EMISMATCH,
	    "%s: rank %d has left its %s before the end, by a jump "
	    "(siglongjmp), by pthread_exit or by an exception, or has made "
	    "another call in the middle of it: the group is broken; let "
	    "handlers of signals set a flag, or call cohort_stop or "
	    "cohort_interrupt, and return; cohort_stop_on_signals is for "
	    "Ctrl-C",
	    function, world->rank, call_function(world->call));

	if (world->backend->abandon)
		world->backend->abandon(group->world);
	atomic_store(world->caller, CALLER_LEFT);
	group_break(group, status);
	return status;
}

cohort_status left_call_find(cohort *group, const char *function)
{
	const void *in_call = atomic_load(group->world->caller);

	if (!in_call)
		return COHORT_OK;
	if (in_call != &errno && in_call != CALLER_LEFT)
		return error_set(COHORT_ESTATE,
		                 "%s: another thread of rank %d is in a call, "
		                 "on this group or on one that shares its "
		                 "processes: make one call at a time",
		                 function, group->world->rank);
	if (in_call == &errno && group->world->cancels)
		cancellation_allow(group->cancel_state);
	error_end_call((struct error_call){NULL, NULL});
	return break_group(group, function);
}

void left_call_unwound(cohort *group)
{
	const int saved = errno;

	/* Another thread may have closed the group, which it found broken. */
	if (!group_is_closed(group) && group_is_own(group))
		(void)break_group(group, call_function(group->world->call));
	errno = saved;
}
