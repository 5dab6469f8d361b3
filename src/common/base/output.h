/* A process's output on its way to its launcher. */
#ifndef COHORT_COMMON_BASE_OUTPUT_H
#define COHORT_COMMON_BASE_OUTPUT_H

/*
 * Wait until the launcher has read everything from the pipes that are this
 * process's stdout and stderr; a quarter of a second at most. Called before a
 * rank ends its job, because a launcher may end the job without reading the
 * rest of the output, which often tells why the job ends.
 */
void output_drain(void);

#endif
