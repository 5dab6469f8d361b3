/* The program starts with some of the descriptors 0, 1 and 2 closed, as daemons
 * and cron jobs may. None of the library's descriptors takes their place. */
#define _POSIX_C_SOURCE 200809L
#include "scenarios.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { STANDARD = 3 };

static int closed;    /* a bit for each */
static int opened_by; /* the process that called the open */

/* The monitor is the parent of the peers, and a rank that of its isolated tasks. A
 * new descriptor has the low number for a moment. */
static bool parent_has(int fd)
{
	static const struct timespec pause = {.tv_nsec = 1000000};
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/fd/%d", (long)getppid(), fd);
	for (int i = 0; i < 1000; i++) {
		if (access(path, F_OK))
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

static bool all_closed(void)
{
	for (int fd = 0; fd < STANDARD; fd++) {
		if (!(closed & 1 << fd))
			continue;
		if (fcntl(fd, F_GETFD) >= 0)
			return false;
		if (getpid() != opened_by && parent_has(fd))
			return false;
	}
	return true;
}

enum guest_end run_closed(const char *journal, int number)
{
	const struct guest guest = {.journal = journal, .check = all_closed};

	closed = number;
	opened_by = (int)getpid();
	for (int fd = 0; fd < STANDARD; fd++)
		if (closed & 1 << fd)
			close(fd);
	return guest_run(&guest);
}
