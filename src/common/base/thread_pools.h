/* Threads that exist when a process forks. The child has none of them, but has
 * the memory of the library that started them, which may wait for them for
 * ever. */
#ifndef COHORT_COMMON_BASE_THREAD_POOLS_H
#define COHORT_COMMON_BASE_THREAD_POOLS_H

#include <stdbool.h>

enum { THREAD_NAMES_BYTES = 128 };

/* Before a fork: have the OpenMP runtime, if one is loaded, end its idle
 * threads. It starts new ones in its next parallel region, here and in the
 * child. Does nothing inside a parallel region. */
void thread_pools_pause(void);

/* The number of all threads of this process; 1 if /proc does not tell. */
int thread_count(void);

/* Threads of this process. */
enum { THREAD_SET_MOST = 64 };
struct thread_set {
	bool unknown; /* the system refused to tell */
	int count;
	int ids[THREAD_SET_MOST];
};

/* All that exist now, so far as there is room. */
void thread_set_fill(struct thread_set *out);

/* The number of threads other than this one, cohort's own and those of `known`,
 * which may be NULL; with their names, "worker, io", in `names`: each once, as
 * many as there is room for. */
int thread_pools_count(const struct thread_set *known,
                       char names[THREAD_NAMES_BYTES]);

#endif
