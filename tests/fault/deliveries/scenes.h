/*
 * Every scene, once: a sweep with an on_result in which something ends that should
 * not, or in which ranks wait for room. Its name is an argument of the program, its
 * function is scene_<name>.
 */
#ifndef FAULT_DELIVERIES_SCENES_H
#define FAULT_DELIVERIES_SCENES_H

#include "cohort.h"

#define SCENE_MAP(X)          \
	X(rank_dies)          \
	X(awaited_dies)       \
	X(stopped_dies)       \
	X(root_dies)          \
	X(root_leaves)        \
	X(root_thread)        \
	X(scribbles)          \
	X(scribbles_twice)    \
	X(scribbles_and_dies) \
	X(restored)           \
	X(restored_small)     \
	X(signal)             \
	X(memory)             \
	X(front)              \
	X(slow)               \
	X(stands_still)       \
	X(peer_stops)         \
	X(root_stops)         \
	X(refused)            \
	X(no_copy)            \
	X(latency)            \
	X(journal_dies)       \
	X(journal_resumed)    \
	X(journal_fills)      \
	X(journal_passes)     \
	X(journal_stops)      \
	X(journal_cut)

/* Rank 1, whose share is the second third, is killed in a task; the others finish
 * the sweep, and each result comes once. */
void scene_rank_dies(const cohort_job *job);

/* The same for the task that all others wait for: more results than rank 0 may
 * hold are there already. */
void scene_awaited_dies(const cohort_job *job);

/* Rank 1 dies, and on_result stops the sweep while the results of rank 2 wait for
 * their turn. None of them is lost: on_result is not called for them, so all that
 * live have them in the end. */
void scene_stopped_dies(const cohort_job *job);

/* on_result ends rank 0, while the others run tasks or wait for room. */
void scene_root_dies(const cohort_job *job);
void scene_root_leaves(const cohort_job *job);
void scene_root_thread(const cohort_job *job);

/* A child destroys all that it can write; no result is wrong or lost. */
void scene_scribbles(const cohort_job *job);

/* All results wait for task 0, which is run twice. Meanwhile those that another
 * child has destroyed where they wait are made once more. */
void scene_scribbles_twice(const cohort_job *job);

/* A child of rank 0 destroys what another rank has said of its results, which is
 * then at rest; and a rank dies, so rank 0 decides what is there. */
void scene_scribbles_and_dies(const cohort_job *job);

/* Results are due, in the place where they wait, while a child has destroyed them
 * or what tells where they end, and lives; their rank restores them. */
void scene_restored(const cohort_job *job);
void scene_restored_small(const cohort_job *job);

/* A signal comes while ranks wait for room. All that was finished comes. */
void scene_signal(const cohort_job *job);

/* 400 MB of results, behind a task that takes long. */
void scene_memory(const cohort_job *job);

/* Rank 2 has 200 MB of results, which wait for the first one of rank 1. Rank 0
 * has run its share, and takes what comes. */
void scene_front(const cohort_job *job);

/* on_result takes longer, in all, than the group's timeout: no result is lost,
 * and none reaches the next sweep. */
void scene_slow(const cohort_job *job);

/* Rank 0 has all that it may hold, and waits for a result that rank 1 has. That
 * is no lost task, however long it takes: cases.sh looks at the log. */
void scene_stands_still(const cohort_job *job);

/* Rank 1 or rank 0 is stopped in a task, and the others wait for its result, or for
 * room. With COHORT_TIMEOUT they do not wait for ever. */
void scene_peer_stops(const cohort_job *job);
void scene_root_stops(const cohort_job *job);

/* From the first result on, the system opens no more memory to rank 0; or rank 0 has
 * no memory for a copy of a result. All ranks learn it, and none waits for ever. */
void scene_refused(const cohort_job *job);
void scene_no_copy(const cohort_job *job);

/* Rank 0 waits, and has half of the results a millisecond after the ends of their
 * tasks, or later on a busy machine. With idle_root, and a core for each rank, all but
 * one of a hundred. */
void scene_latency(const cohort_job *job);

/* Ends the process. The journal, and the file with the calls of on_result, are in
 * the folder that the environment variable FOLDER names. */
void scene_journal_dies(const cohort_job *job);

/* on_result is called once for each parameter set, and no task is run again whose
 * result the first run has handed over. */
void scene_journal_resumed(const cohort_job *job);

/* Makes a journal with 160 MB of results. A quarter of the parameter sets are not
 * those of the scenes below. */
void scene_journal_fills(const cohort_job *job);

/* With `discard`: the journal's results come once, with those of the quarter that
 * is new, and no process has them all in memory. The failed ones are gathered. */
void scene_journal_passes(const cohort_job *job);

/* on_result stops the sweep: all that it has not got is gathered. */
void scene_journal_stops(const cohort_job *job);

/* The record files are cut while on_result gets what is in them. */
void scene_journal_cut(const cohort_job *job);

#endif
