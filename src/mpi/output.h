/* What this rank wrote, on its way to the launcher. */
#ifndef COHORT_MPI_OUTPUT_H
#define COHORT_MPI_OUTPUT_H

/*
 * Wait until the launcher has read what lies in this rank's stdout and stderr,
 * where they are pipes; a quarter of a second at most. Before MPI_Abort: a
 * launcher that hears of it ends the job and may drop what it has not read,
 * which is often the sentence that tells why.
 */
void output_settle(void);

#endif
