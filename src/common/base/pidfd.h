/* Descriptors of processes, for which C libraries have no, or only a new,
 * wrapper. */
#ifndef COHORT_COMMON_BASE_PIDFD_H
#define COHORT_COMMON_BASE_PIDFD_H

#include <sys/types.h>

/* A descriptor that becomes readable when the process ends. -1 with errno,
 * ENOSYS on a kernel before 5.3 and under some emulators. */
int pidfd_of(pid_t pid);

#endif
