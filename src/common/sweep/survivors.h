/*
 * A sweep outlives ranks that die, on mp. There the results of a rank that has
 * died are still in shared memory (struct survival). The others go on claiming
 * tasks, and then agree, without collective calls, which tasks have no result.
 * Serial and mpi have no struct survival: there these functions do nothing.
 *
 * Each rank publishes its step in the sweep in its struct rank_state:
 *
 *	READY   it has all that it needs to run tasks, and runs none now; it
 *	        has followed `serial` decisions
 *	WORKS   it runs tasks
 *	LEFT    it takes no part in the sweep any more
 *
 * Rank 0, which lives as long as any rank does, decides alone; the others wait:
 *
 *	BEGUN   the tasks of the sweep may run
 *	PASS    all that live run the tasks that have no result yet. The words
 *	        `agreed` say which records count, so all ranks make the same
 *	        list
 *	END     the results are those that `agreed` counts
 *	REFUSED the sweep has no results
 *
 * Rank 0 decides PASS or END when each other rank has died, left, or is READY.
 * It also writes BEGUN and END when no rank has died: a rank that could not
 * complete an exchange of statuses must learn whether rank 0 did.
 * tests/model/survivors.pml explores this.
 */
#ifndef COHORT_COMMON_SWEEP_SURVIVORS_H
#define COHORT_COMMON_SWEEP_SURVIVORS_H

#include "sweep_run.h"

/* Whether the sweep can go on, although a call of this group has failed. */
bool survivors_remain(const cohort *group);

/* Before anything else in a sweep. Every rank counts its sweeps alike. */
void survivors_enter(struct sweep_run *run);

/* This rank has all that it needs to run tasks. `mine` is its status. */
void survivors_ready(struct sweep_run *run, cohort_status mine);

/* The ranks have agreed to begin. */
void survivors_begin(struct sweep_run *run);

/* The ranks could not agree to begin, because one has died: learn from rank 0
 * whether the sweep begins all the same. Sets run->able and run->before. */
COHORT_CHECKED cohort_status survivors_begin_late(struct sweep_run *run);

/* All ranks are about to run another pass. False: not if a rank has died, since
 * rank 0 may not have agreed to it. */
bool survivors_begin_pass(struct sweep_run *run);

/* Whether a rank that is about to begin a task must not, because the world has
 * failed. Called if world->failed is set. */
bool survivors_must_leave(const struct sweep_run *run);

/* This rank runs no task now. `mine` is its status. */
void survivors_rest(struct sweep_run *run, cohort_status mine);

/* After survivors_rest, in a group that has lost a rank. *again is true if the
 * tasks in run->todo must be run; otherwise the sweep has ended. Returns
 * COHORT_OK in both cases. */
COHORT_CHECKED cohort_status survivors_agree(struct sweep_run *run,
                                             bool *again);

/* On every rank, when all ranks have ended the sweep together; so many tasks
 * have no result. */
void survivors_end(struct sweep_run *run, uint64_t not_run);

/* After survivors_end on rank 0, if a rank has died since: learn from rank 0
 * whether the results are kept. As survivors_say if they are; else another
 * status. */
COHORT_CHECKED cohort_status survivors_conclude(struct sweep_run *run);

/* This rank returns from cohort_scatter. The others must not wait for it. */
void survivors_leave(struct sweep_run *run);

/* Break the group with a sentence about who died and what became of the sweep.
 * Returns COHORT_EPEER. */
cohort_status survivors_say(struct sweep_run *run);

/* Wait until rank 0 has ended the sweep with this number. COHORT_EPEER if its
 * results cannot be had. */
COHORT_CHECKED cohort_status survivors_await_end(cohort *group,
                                                 const struct call *call,
                                                 uint64_t sweep);

#endif
