/* The thread pools of numerical libraries, which each take all cores if nobody
 * tells them that there are other ranks. */
#ifndef COHORT_COMMON_BASE_NUMERIC_THREADS_H
#define COHORT_COMMON_BASE_NUMERIC_THREADS_H

/* Give this process `share` threads in every pool whose variable
 * (OMP_NUM_THREADS and its kin) is unset: the variable is set for what reads
 * it later, and libraries that are loaded already are told. Returns how many
 * variables were unset. */
int numeric_threads_limit(int share);

/* How many threads this process has; 1 if that cannot be told. */
int thread_count(void);

#endif
