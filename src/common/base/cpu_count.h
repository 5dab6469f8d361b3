/* The number of processors that this process may use. */
#ifndef COHORT_COMMON_BASE_CPU_COUNT_H
#define COHORT_COMMON_BASE_CPU_COUNT_H

/* The processors in its affinity mask or, if that is less, the CPU quota of its
 * cgroup, rounded up. At least 1. */
int cpu_count(void);

#endif
