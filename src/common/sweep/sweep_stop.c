#define _GNU_SOURCE /* getpagesize */
#include "sweep_stop.h"

#include "common/base/c_locale.h"
#include "group_sweeps.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* The process is a child that runs tasks; 0: not. A process that a task forks
 * has another number. */
static pid_t task_process;

void sweep_stop_become_task(void)
{
	task_process = getpid();
}

void sweep_stop_describe(uint64_t stop, char reason[STOP_REASON_BYTES])
{
	const int signal = stop_word_signal(stop);

	if (signal && !stop_word_interrupts(stop))
		snprintf(reason, STOP_REASON_BYTES, "signal %d (%s)", signal,
		         signal_text(signal));
	else if (stop_word_by_result(stop))
		snprintf(reason, STOP_REASON_BYTES, "on_result");
	else if (stop_word_interrupts(stop))
		snprintf(reason, STOP_REASON_BYTES,
		         "cohort_interrupt, called on rank %d,",
		         stop_word_rank(stop));
	else
		snprintf(reason, STOP_REASON_BYTES,
		         "cohort_stop, called on rank %d,",
		         stop_word_rank(stop));
}

void sweep_stop_if_interrupted(const struct sweep_run *run)
{
	const struct world *world = run->group->world;

	if (group_is_interrupted(run->group))
		stop_word_write(
		    &world->states->stop,
		    stop_word_of_interrupt(run->number, world->rank));
}

/* A child may not write to the states of ranks (become_task), so it opens the
 * page for this one store. */
static cohort_status write_as_child(_Atomic uint64_t *stop, uint64_t word)
{
	const uintptr_t bytes = (uintptr_t)getpagesize();
	void *page = (void *)((uintptr_t)stop / bytes * bytes);

	if (mprotect(page, bytes, PROT_READ | PROT_WRITE))
		return error_sys("cohort_stop: mprotect");
	stop_word_write(stop, word);
	mprotect(page, bytes, PROT_READ);
	return COHORT_OK;
}

int cohort_is_stopped(const cohort *group)
{
	if (!group || group_is_closed(group))
		return 0;
	const struct group_sweeps *sweeps = group_sweeps_find(group);
	const uint64_t sweep = sweeps ? atomic_load(&sweeps->current) : 0;
	return sweep != 0 &&
	       stop_word_for(atomic_load(&group->world->states->stop), sweep);
}

cohort_status cohort_stop(cohort *group)
{
	const bool is_child = task_process && task_process == getpid();

	if (!group || group_is_closed(group) ||
	    (!group_is_own(group) && !is_child))
		return group_turn_away(group, __func__);
	const struct group_sweeps *sweeps = group_sweeps_find(group);
	const struct world *world = group->world;
	const uint64_t sweep = sweeps ? atomic_load(&sweeps->current) : 0;
	if (!sweep)
		return error_set(COHORT_ESTATE,
		                 "cohort_stop: rank %d is in no sweep of this "
		                 "group: call it from a task, or from another "
		                 "thread while cohort_scatter runs",
		                 world->rank);
	const uint64_t word = stop_word_of_call(sweep, world->rank);
	/* A group that a task has opened has states of its own. */
	if (is_child && !group_is_own(group))
		return write_as_child(&world->states->stop, word);
	stop_word_write(&world->states->stop, word);
	return COHORT_OK;
}
