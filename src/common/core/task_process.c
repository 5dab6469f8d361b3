#include "task_process.h"

#include "common/base/error.h"
#include "group_list.h"

#include <errno.h>

/* Of this process; NULL in ranks. */
static struct {
	_Atomic uint64_t *aborted;
	uint64_t key;
	const void *thread; /* that runs tasks, by the address of its errno */
} task_process;

void task_process_become(_Atomic uint64_t *aborted, uint64_t key)
{
	task_process.aborted = aborted;
	task_process.key = key;
	task_process.thread = &errno;
}

cohort_status task_process_find(bool *in_task)
{
	enum task_place place = group_list_task_place();

	if (task_process.aborted && place == TASK_NOWHERE)
		place = task_process.thread == &errno ? TASK_IN_THIS_THREAD
		                                      : TASK_IN_OTHER_THREAD;
	*in_task = place == TASK_IN_THIS_THREAD;
	if (*in_task || place == TASK_NOWHERE)
		return COHORT_OK;
	return error_set(COHORT_ESTATE,
	                 "cohort_open: another thread is in cohort_scatter: "
	                 "open groups before it, or in the thread that runs a "
	                 "task");
}

bool task_process_abort(int exit_code)
{
	if (!task_process.aborted)
		return false;
	atomic_store(task_process.aborted,
	             (task_process.key & ~(uint64_t)TASK_EXIT_CODE) |
	                 (uint64_t)(exit_code & TASK_EXIT_CODE));
	return true;
}
