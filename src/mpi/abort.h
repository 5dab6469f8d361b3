/* The end of a job by one of its ranks. */
#ifndef COHORT_MPI_ABORT_H
#define COHORT_MPI_ABORT_H

#include <mpi.h>

/*
 * Call `before`, unless it is NULL, and MPI_Abort. If they do not return, the
 * process leaves with `status`. MPICH asks the launcher to end the job and
 * waits until that ends this process, for ever if their connection is cut.
 * Streams are not flushed.
 */
void abort_bounded(MPI_Comm comm, int status, void (*before)(void));

#endif
