/* Threads that exist when a process forks. The child has none of them, but has
 * the memory of the library that started them, which may wait for them for
 * ever. */
#ifndef COHORT_COMMON_BASE_THREAD_POOLS_H
#define COHORT_COMMON_BASE_THREAD_POOLS_H

enum { THREAD_NAMES_BYTES = 128 };

/* Before a fork: have the OpenMP runtime, if one is loaded, end its idle
 * threads. It starts new ones in its next parallel region, here and in the
 * child. Does nothing inside a parallel region. */
void thread_pools_pause(void);

/* The number of all threads of this process; 1 if /proc does not tell. */
int thread_count(void);

/* The number of threads other than this one and cohort's own, with their names,
 * "worker, io", in `names`: each once, as many as there is room for. */
int thread_pools_count(char names[THREAD_NAMES_BYTES]);

#endif
