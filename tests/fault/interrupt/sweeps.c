/* The sweeps that are interrupted. */
#define _POSIX_C_SOURCE 200809L
#include "interrupted.h"

#include "clock.h"
#include "pace.h"

#include <stdio.h>
#include <unistd.h>

size_t executed;

/* The victim's first task is left when the interrupt comes; another rank's ends
 * when the victim's call has returned, or on mpi when the interrupt has come. */
static int wait_in_task(cohort_task *task)
{
	const double begin = now();

	(void)task;
	executed++;
	while (here.rank == here.victim
	           ? here.when == 0
	           : access(marker(), F_OK) && access(came(), F_OK)) {
		nap(0.002);
		if (now() - begin > patience * pace_now())
			_exit(4);
	}
	return 0;
}

static int wait_if_other(cohort_task *task)
{
	return here.rank == here.victim ? 0 : wait_in_task(task);
}

/* Longer than any patience: it is ended. */
static int sleep_in_task(cohort_task *task)
{
	(void)task;
	for (;;)
		pause();
	return 0;
}

static cohort_status sweep(int (*execute)(cohort_task *), bool isolate)
{
	const cohort_job job = {
	    .execute = execute, .isolate = isolate, .schedule = COHORT_STATIC};

	return cohort_scatter(here.group, &job, NULL, (size_t)here.size * 3);
}

cohort_status call_in_task(void)
{
	return sweep(wait_in_task, false);
}

cohort_status call_waiting(void)
{
	return sweep(wait_if_other, false);
}

cohort_status call_isolated(void)
{
	return sweep(sleep_in_task, true);
}

cohort_status call_signalled(void)
{
	EXPECT(cohort_stop_on_signals(here.group) == COHORT_OK);
	atomic_store(&here.handles_signals, true);
	return sweep(sleep_in_task, true);
}

static size_t results_come;

/* Rank 0 is the victim. On mpi its call returns when the tasks of the others have
 * ended. */
static int interrupt_once(void *arg, const cohort_result *result)
{
	(void)arg;
	(void)result;
	if (++results_come > 1)
		return 0;
	interrupt_now();
	if (!here.is_mp)
		fclose(fopen(came(), "w"));
	return 0;
}

static cohort_status sweep_results(int (*execute)(cohort_task *), bool isolate)
{
	const cohort_job job = {.execute = execute,
	                        .isolate = isolate,
	                        .schedule = COHORT_STATIC,
	                        .on_result = interrupt_once};

	return cohort_scatter(here.group, &job, NULL, (size_t)here.size * 3);
}

/* The tasks of other ranks last until the victim's call has returned. Those of
 * the victim are long enough for on_result to be called after each. */
static int nap_or_wait(cohort_task *task)
{
	if (here.rank != here.victim)
		return wait_in_task(task);
	executed++;
	nap(0.001);
	return 0;
}

cohort_status call_on_result(void)
{
	return sweep_results(nap_or_wait, false);
}

/* Task 0 is rank 0's first one. The others last longer than any patience. */
static int sleep_behind_first(cohort_task *task)
{
	return cohort_task_index(task) == 0 ? 0 : sleep_in_task(task);
}

cohort_status call_on_result_isolated(void)
{
	return sweep_results(sleep_behind_first, true);
}
