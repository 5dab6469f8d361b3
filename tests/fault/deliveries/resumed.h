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

#endif
