#include "group_call.h"

cohort_status group_refuse(cohort *group, const struct call *call,
                           cohort_status status)
{
	group->world->backend->refuse(group->world, call);
	errno = group->saved_errno;
	return group_leave(group, status);
}

cohort_status group_give_up(cohort *group, const struct call *call,
                            cohort_status status)
{
	return group_finish(group, group_refuse(group, call, status));
}

cohort_status group_lack(cohort *group, const struct call *call,
                         const struct inability *inability, cohort_status mine,
                         const char *what)
{
	errno = group->saved_errno;
	return mine != COHORT_OK
	           ? mine
	           : error_set(inability->status,
	                       "%s: rank %d has no memory for %s%s",
	                       call_function(call), inability->rank, what,
	                       inability->status == COHORT_ENOMEM
	                           ? ""
	                           : ": the system has refused it");
}

cohort_status group_agree(cohort *group, const struct call *call,
                          cohort_status mine, const char *what)
{
	const struct backend *backend = group->world->backend;
	struct inability inability = {.status = COHORT_OK};

	if (!backend->agree)
		return mine == COHORT_OK ? mine
		                         : group_give_up(group, call, mine);
	cohort_status status = group_finish(
	    group, backend->agree(group->world, call, mine, &inability));
	return status != COHORT_OK || inability.status == COHORT_OK
	           ? status
	           : group_lack(group, call, &inability, mine, what);
}

cohort_status group_fail_last(cohort *group, const struct call *call,
                              cohort_status status)
{
	if (!group->world->backend->agree)
		return group_give_up(group, call, status);
	errno = group->saved_errno;
	return status;
}
