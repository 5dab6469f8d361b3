#define _GNU_SOURCE
#include "hidden_fork.h"

#include <errno.h>
#include <limits.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* One number on every architecture: it came after the tables were joined. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

pid_t hidden_fork(int threads)
{
	if (threads > 1)
		return fork();
	/* No flags and no signal at its end. Of the five arguments all are 0,
	 * so that their order, which differs, does not matter. */
	pid_t pid = (pid_t)syscall(SYS_clone, 0UL, 0UL, 0UL, 0UL, 0UL);
	if (pid < 0 && errno == EINVAL)
		return fork();
	return pid;
}

int hidden_wait(pid_t pid)
{
	int status;
	pid_t got;

	do
		got = waitpid(pid, &status, __WALL);
	while (got < 0 && errno == EINTR);
	return got == pid ? 0 : -1;
}

static void close_range_or_each(unsigned first, unsigned last)
{
	if (first > last || !syscall(SYS_close_range, first, last, 0U))
		return;
	const long open_max = sysconf(_SC_OPEN_MAX);
	for (unsigned fd = first; fd <= last && (long)fd < open_max; fd++)
		close((int)fd);
}

void close_all_but(const int keep[], int count)
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
