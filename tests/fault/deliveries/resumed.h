/* A sweep with an on_result and a journal, in which rank 0 is killed in on_result
 * and the run that goes on. */
#ifndef FAULT_DELIVERIES_RESUMED_H
#define FAULT_DELIVERIES_RESUMED_H

#include "jobs.h"

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
