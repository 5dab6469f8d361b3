/*
 * A cohort_scatter under way, on one rank. plan.c brings it there, report.c
 * tells the ranks of each other, resume.c knows the journal, work.c claims and
 * runs tasks, isolate.c has a child process do that, and scatter.c is the way
 * through all of them.
 */
#ifndef COHORT_COMMON_SWEEP_SWEEP_RUN_H
#define COHORT_COMMON_SWEEP_SWEEP_RUN_H

#include "checkpoint.h"
#include "common/core/group.h"
#include "sweep.h"
#include "todo.h"

struct group_sweeps;

struct sweep_run {
	cohort *group;
	struct group_sweeps *sweeps; /* the group's */
	const cohort_job *job;
	struct call call;
	cohort_schedule schedule;
	size_t chunk; /* 0: chosen */
	bool isolate;
	struct sweep *sweep;
	struct todo todo;
	struct checkpoint checkpoint; /* all 0 without a journal */
	uint64_t resumed;             /* tasks that an earlier run has done */
	bool began;                   /* tasks may have been run */
	void *state;                  /* made by build */
	bool built;                   /* this rank works */
	int workers;   /* ranks that may build: the lowest ones */
	size_t able;   /* how many ranks work, and how many of them come */
	size_t before; /* before this one */
};

#endif
