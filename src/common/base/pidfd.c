#define _GNU_SOURCE /* syscall */
#include "pidfd.h"

#include "descriptor.h"

#include <sys/syscall.h>
#include <unistd.h>

/* The same number on every architecture, as for all system calls that were
 * added after Linux 5.0. */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

int pidfd_of(pid_t pid)
{
	return descriptor_raise((int)syscall(SYS_pidfd_open, pid, 0U));
}
