/* How many processors this process may really use. */
#ifndef COHORT_COMMON_CORES_H
#define COHORT_COMMON_CORES_H

/* The smaller of its affinity mask and its cgroup's CPU quota, at least 1. */
int cores_usable(void);

#endif
