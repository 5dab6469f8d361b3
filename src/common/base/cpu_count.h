/* The number of processors that this process may use. */
#ifndef COHORT_COMMON_BASE_CPU_COUNT_H
#define COHORT_COMMON_BASE_CPU_COUNT_H

/* The processors in its affinity mask or, if that is less, the CPU quota of its
 * cgroup, rounded up. At least 1. */
int cpu_count(void);

/* The two of them alone. cpu_quota is 0 if the cgroup has no quota. */
int cpu_affinity(void);
int cpu_quota(void);

#endif
