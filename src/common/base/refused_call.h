/* System calls that the kernel, or a filter in front of it, refuses to make. */
#ifndef COHORT_COMMON_BASE_REFUSED_CALL_H
#define COHORT_COMMON_BASE_REFUSED_CALL_H

#include <errno.h>
#include <stdbool.h>

/*
 * Whether this errno says that the call as such is refused: the kernel does not
 * have it (ENOSYS), or a sandbox does not let the process use it. Container
 * engines answer calls that are newer than their list with EPERM, others with
 * EACCES. Where the library can do without the call, it does in all three
 * cases.
 */
static inline bool call_is_refused(int number)
{
	return number == ENOSYS || number == EPERM || number == EACCES;
}

#endif
