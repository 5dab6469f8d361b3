/* This rank's output on its way to the launcher. */
#ifndef COHORT_MPI_OUTPUT_H
#define COHORT_MPI_OUTPUT_H

/*
 * Wait until the launcher has read everything from the pipes that are this
 * rank's stdout and stderr; a quarter of a second at most. Called before
 * MPI_Abort, because a launcher may end the job without reading the rest of the
 * output, which often tells why the job ends.
 */
void output_drain(void);

#endif
