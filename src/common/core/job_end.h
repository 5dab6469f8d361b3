/*
 * The end of an MPI job in which this rank cannot take part. A rank that cannot
 * open a group before it has initialised MPI leaves its peers in MPI_Init,
 * where nothing reaches them. Open MPI's launcher ends the job when a process
 * leaves like this. Hydra, the launcher of MPICH, does not, whatever the exit
 * status is: there the rank has to ask for it.
 */
#ifndef COHORT_COMMON_CORE_JOB_END_H
#define COHORT_COMMON_CORE_JOB_END_H

/* If this process leaves by `exit` with a status other than 0, it ends the job,
 * with the same status: the program has not gone on without the group. `rank`
 * is the launcher's, for the log. Nothing happens if the launcher needs no
 * request. */
void job_end_on_failure(int rank);

/* This process has opened a group after all. */
void job_end_cancel(void);

#endif
