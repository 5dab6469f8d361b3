#define _GNU_SOURCE /* F_DUPFD_CLOEXEC, syscall */
#include "descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same number on every architecture, as for all system calls that were
 * added after Linux 5.0. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum { FIRST_FREE = STDERR_FILENO + 1 };

int descriptor_raise(int fd)
{
	if (fd < 0 || fd >= FIRST_FREE)
		return fd;
	const int raised = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FREE);
	descriptor_close(&fd);
	return raised;
}

void descriptor_close(int *fd)
{
	const int saved = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

bool descriptor_read(int fd, void *bytes, size_t room, size_t *got)
{
	size_t done = 0;

	while (done < room) {
		ssize_t n = read(fd, (char *)bytes + done, room - done);
		if (n == 0)
			break;
		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return false;
	}
	*got = done;
	return true;
}

/* One by one on kernels before 5.9, which do not have close_range. */
static void close_range_or_each(unsigned first, unsigned last)
{
	if (first > last || !syscall(SYS_close_range, first, last, 0U))
		return;
	const long open_max = sysconf(_SC_OPEN_MAX);
	for (unsigned fd = first; fd <= last && (long)fd < open_max; fd++)
		close((int)fd);
}

void descriptor_close_all_but(const int keep[], int count)
{
	unsigned first = 0;

	for (int i = 0; i < count; i++) {
		if (keep[i] < 0)
			continue;
		if ((unsigned)keep[i] > first)
			close_range_or_each(first, (unsigned)keep[i] - 1);
		first = (unsigned)keep[i] + 1;
	}
	close_range_or_each(first, UINT_MAX);
}
