/*
 * A cohort_scatter under way, on one rank. scatter.c leads it through these
 * steps: job_check.c looks at the arguments, distribute.c sends the sweep to
 * the ranks, execute.c has them run tasks, with worker.c in the rank itself or
 * with supervisor.c in child processes. Between the steps the ranks exchange
 * their statuses (status_exchange.c). checkpoint.c is the sweep's use of a
 * journal.
 */
#ifndef COHORT_COMMON_SWEEP_SWEEP_RUN_H
#define COHORT_COMMON_SWEEP_SWEEP_RUN_H

#include "checkpoint.h"
#include "common/core/group.h"
#include "sweep.h"
#include "todo.h"

struct delivery;
struct group_sweeps;

struct sweep_run {
	cohort *group;
	struct group_sweeps *sweeps; /* the group's */
	const cohort_job *job;
	struct call call;         /* sent with every message of this sweep */
	cohort_schedule schedule; /* never COHORT_SCHEDULE_DEFAULT */
	size_t chunk;             /* 0: chosen by the scheduler */
	bool isolate;
	size_t param_bytes; /* in each set, or PARAM_SIZES_DIFFER */
	struct sweep *sweep;
	struct sweep spare; /* of a rank that has no memory for one */
	struct todo todo;
	struct checkpoint checkpoint;
	bool damaged; /* a task of this rank has damaged others' results */
	bool singly;  /* isolated: a child for each task, see supervisor.c */
	/* Isolated: the children that this rank has forked, and the first of
	 * the keys of their seals. */
	uint64_t children;
	uint64_t first_key;
	struct delivery *delivery; /* NULL: the job has no on_result */
	uint64_t resumed;          /* tasks that earlier runs have done */
	/* Tasks that this rank has done in earlier passes and, of these, those
	 * that have failed. Its counters are where tasks may write. */
	uint64_t done;
	uint64_t failed;
	bool began;  /* tasks may have run */
	bool shared; /* a failure, its status and sentence, on all ranks */
	bool has_deadline;
	double stop_at; /* the deadline, by clock_seconds; 0: none */
	/* See survivors.h. */
	uint64_t number;  /* of the sweep, on all ranks; 0: not given yet */
	unsigned serial;  /* decisions that this rank has followed */
	unsigned passes;  /* begun by all ranks together */
	size_t missing;   /* rank 0: tasks without a result, when it decided */
	uint64_t not_run; /* the same, when all ranks ended a pass together */
	bool survived;    /* ranks have died, and the results are there */
	void *state;      /* made by build */
	bool built;       /* this rank works */
	int workers;      /* ranks that may build, */
	int first_worker; /* from this one on: 1 if the root is idle */
	size_t able;      /* ranks that have built, and therefore work */
	size_t before;    /* of these, the ranks below this one */
};

#endif
