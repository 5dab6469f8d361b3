#define _DEFAULT_SOURCE /* on_exit */
#include "task_process.h"

#include "common/base/error.h"
#include "common/base/flush_streams.h"
#include "common/base/log.h"
#include "group.h"
#include "group_list.h"

#include <errno.h>
#include <stdlib.h>

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

/* A child that runs tasks, and ranks of mp but the first, leave in handlers
 * that run before. */
static void say_exit(int status, void *unused)
{
	(void)unused;
	if (group_list_task_place() != TASK_IN_THIS_THREAD)
		return;
	flush_stdout();
	log_line(LOG_ERROR, -1,
	         "cohort_scatter: exit was called in %s, or by a handler of a "
	         "signal, with status %d: the program ends in the middle of "
	         "the sweep; return a failure, or call cohort_stop; with "
	         "job.isolate such a task fails alone",
	         group_callback(), status & 0xff);
}

void task_process_watch_exit(void)
{
	static bool done;

#ifdef __GLIBC__
	done = done || !on_exit(say_exit, NULL);
#else
	(void)say_exit; /* needs the status */
	(void)done;
#endif
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
