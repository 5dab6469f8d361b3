/* How many processors this process may really use. */
#ifndef COHORT_COMMON_BASE_CPU_COUNT_H
#define COHORT_COMMON_BASE_CPU_COUNT_H

/* The smaller of its affinity mask and its cgroup's CPU quota, at least 1. */
int cpu_count(void);

#endif
