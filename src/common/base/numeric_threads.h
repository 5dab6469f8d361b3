/* The thread pools of numerical libraries. By default each pool has a thread
 * for every core, which is too many if every rank has such a pool. */
#ifndef COHORT_COMMON_BASE_NUMERIC_THREADS_H
#define COHORT_COMMON_BASE_NUMERIC_THREADS_H

/* Limit every pool in this process to `share` threads, unless its variable
 * (OMP_NUM_THREADS or the like) is set already. Sets the variable, for
 * libraries that are loaded later, and calls the setter of libraries that are
 * loaded. Returns how many variables were unset. */
int numeric_threads_limit(int share);

#endif
