/* cohort_close, cohort_abort. */
#include "alloc.h"
#include "common/base/cancellation.h"
#include "group_call.h"
#include "group_list.h"
#include "surroundings.h"
#include "task_process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The group is not in the list of open groups any more. */
static cohort_status close_taken(cohort *group)
{
	const bool together = group->broken == COHORT_OK &&
	                      group_is_own(group) &&
	                      !group_is_interrupted(group);
	const struct call *call =
	    together ? group_call(group, CALL_CLOSE) : NULL;
	struct group_extension *extension = atomic_load(&group->extension);
	world_caller *caller = group->world->caller;
	/* The word goes with the ranks. */
	const bool keeps_caller = !group->world->scoped;

	const void *before = atomic_load(caller);
	atomic_store_explicit(caller, &errno, memory_order_relaxed);
	if (extension)
		extension->release(extension);
	alloc_release_all(group);
	const cohort_status status =
	    group->world->backend->close(group->world, call);
	if (keeps_caller)
		atomic_store_explicit(caller,
		                      before == CALLER_LEFT ? before : NULL,
		                      memory_order_relaxed);
	group_list_keep_closed(group);
	return status;
}

/* The group ends its ranks, and so all groups that they have. Returns on rank 0
 * only. */
static cohort_status close_scoped(cohort *group)
{
	const bool is_mpi = !strcmp(group->world->backend->name, "mpi");
	cohort_status status = COHORT_OK;
	cohort *other;

	while ((other = group_list_take_beside(group))) {
		const cohort_status closed = close_taken(other);
		status = status == COHORT_OK ? closed : status;
	}
	const cohort_status closed = close_taken(group);
	surroundings_take_back(is_mpi);
	return status == COHORT_OK ? closed : status;
}

cohort_status cohort_close(cohort *group)
{
	if (group && group_is_in_hook())
		return group_refuse_in_hook(__func__);
	group_end_copy_if_left(__builtin_frame_address(0));
	group_list_end_if_left(__func__);
	cohort_status status = group ? group_list_take(group) : COHORT_OK;

	if (!group || status != COHORT_OK)
		return status;
	const int saved = errno;
	const cohort_status left =
	    group_is_own(group) && group->broken == COHORT_OK
	        ? left_call_find(group, __func__)
	        : COHORT_OK;
	const int cancel_state = cancellation_forbid();
	status = group->world->scoped && group_is_own(group)
	             ? close_scoped(group)
	             : close_taken(group);
	cancellation_allow(cancel_state);
	errno = saved;
	return left != COHORT_OK ? left : status;
}

void cohort_abort(cohort *group, int exit_code)
{
	const bool is_own = group && group_is_own(group);

	if (is_own && !group_is_closed(group))
		group->world->backend->abort(group->world, exit_code);
	else if (group && !is_own)
		(void)task_process_abort(exit_code);
	_Exit(exit_code);
}
