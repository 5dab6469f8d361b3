/* Descriptors of processes. C libraries have a wrapper for this system call
 * only since recently. */
#ifndef COHORT_COMMON_BASE_PIDFD_H
#define COHORT_COMMON_BASE_PIDFD_H

#include <sys/types.h>

/* Open a descriptor that becomes readable when the process ends. It is
 * close-on-exec and at least 3. -1 with errno: ENOSYS on kernels before 5.3 and
 * in some emulators. */
int pidfd_of(pid_t pid);

#endif
