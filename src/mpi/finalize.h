/* The end of MPI in this process. */
#ifndef COHORT_MPI_FINALIZE_H
#define COHORT_MPI_FINALIZE_H

/*
 * Call MPI_Finalize. If it does not return, the process leaves with `status`.
 * MPICH before 4.2 may hang in MPI_Finalize over TCP, after all data has
 * arrived (its pull request 6596). Without a limit the job would never end. A
 * rank may have to wait for others that leave later, for as long as they like;
 * so the limit begins when all ranks are here. Until then the process sleeps
 * most of the time, and leaves with `status` when the launcher is gone.
 */
void finalize_bounded(int status);

#endif
