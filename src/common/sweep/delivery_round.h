/* Results as they come (delivery_state.h): every rank's part between
 * delivery_open and delivery_close. A round is the time between two exchanges
 * of statuses, in which ranks run tasks. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_ROUND_H
#define COHORT_COMMON_SWEEP_DELIVERY_ROUND_H

#include "sweep_run.h"

/* In the rank: a child of it is about to be forked, whose key this is. */
void delivery_note_child(struct sweep_run *run, uint64_t key);

/* In the rank: the child has ended, and the store's first `bytes` bytes may be
 * shown. It may have shown more, which the rank does not believe. Call it
 * before anything is written behind them. */
void delivery_note_child_end(struct sweep_run *run, size_t bytes);

/* In the process that ran it: a task of `seconds` has a result, and the store
 * has `bytes` bytes now. */
void delivery_task_done(struct sweep_run *run, bool in_child, size_t bytes,
                        double seconds);

/* In the rank, while it has no child: show all finished records. */
void delivery_show_all(struct sweep_run *run);

/* This rank runs no more tasks in this round, and has no child. */
void delivery_leave(struct sweep_run *run);

/* This rank has ended a round: show all, and on rank 0 hand over the results of
 * all ranks until they have ended the round too, or the world has failed. */
void delivery_end_round(struct sweep_run *run);

/* The status, with its sentence, of a sweep that on_result has stopped, or
 * whose results this rank cannot hand over or send; COHORT_OK otherwise. */
COHORT_CHECKED cohort_status delivery_status(const struct sweep_run *run);

#endif
