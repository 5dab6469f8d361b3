/* The thread pools of numerical libraries. By default each pool has a thread
 * for every core, which is too many if every rank has such a pool. */
#ifndef COHORT_COMMON_BASE_NUMERIC_THREADS_H
#define COHORT_COMMON_BASE_NUMERIC_THREADS_H

enum { NUMERIC_POOLS = 4 };

/* The limit of this process's pools, and what there was before. */
struct numeric_threads {
	int share; /* threads; 0: nothing was limited */
	/* For each pool: its threads before the limit; 0: unknown, or the pool
	 * was not limited. */
	int before[NUMERIC_POOLS];
	unsigned set; /* a bit for each pool whose variable was set */
};

/* Limit every pool in this process to `share` threads, unless its variable
 * (OMP_NUM_THREADS or the like) is set already. Sets the variable, for
 * libraries that are loaded later, and calls the setter of libraries that are
 * loaded. Returns how many variables were unset. */
int numeric_threads_limit(int share, struct numeric_threads *out);

/* Undo the limit, as far as the program has not changed it meanwhile. */
void numeric_threads_restore(const struct numeric_threads *limit);

#endif
