#define _GNU_SOURCE /* kill */
#include "target_endings.h"

#include "target_report.h"

#include <signal.h>
#include <unistd.h>

/* What a call returns that is ended so, or COHORT_OK. */
static void expect(const char *call, cohort_status status, cohort_status ended)
{
	if (status != ended)
		ok(call, status);
}

static void die(cohort *group)
{
	if (cohort_rank(group) == 1)
		kill(getpid(), SIGKILL);
}

static void interrupt(cohort *group)
{
	if (cohort_is_root(group))
		cohort_interrupt(group);
}

/* Ranks meet, one of them does it, and the others are told. */
static void run_ending(struct verdict *verdict, void (*act)(cohort *group),
                       cohort_status ended)
{
	const cohort_options options = {.scoped = true};
	cohort *group;
	const pid_t caller = getpid();
	const cohort_status status = cohort_open(&options, &group);

	if (status != COHORT_OK) {
		if (getpid() != caller)
			mine = &verdict->ranks[RANKS_MOST - 1];
		ok("open", status);
		if (getpid() != caller)
			_exit(0);
		return;
	}
	mine = &verdict->ranks[cohort_rank(group)];
	/* Another rank may be ahead of this one. */
	const cohort_status met = cohort_barrier(group);
	expect("barrier", met, ended);
	if (met == COHORT_OK)
		act(group);
	expect("barrier", cohort_barrier(group), ended);
	expect("close", cohort_close(group), ended);
}

void run_endings(struct verdict *verdict)
{
	run_ending(verdict, die, COHORT_EPEER);
	run_ending(verdict, interrupt, COHORT_EINTERRUPTED);
}
