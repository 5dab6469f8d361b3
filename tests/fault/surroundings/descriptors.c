/* The program starts with some of the descriptors 0, 1 and 2 closed, as daemons
 * and cron jobs may. None of the library's descriptors takes their place, and under
 * a launcher of MPI none of MPI's, because the library has opened /dev/null there. */
#define _DEFAULT_SOURCE /* makedev */
#include "scenarios.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

enum { STANDARD = 3, ALL_CLOSED = 7 };

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

static void close_standard(int number)
{
	closed = number;
	opened_by = (int)getpid();
	for (int fd = 0; fd < STANDARD; fd++)
		if (closed & 1 << fd)
			close(fd);
}

enum guest_end run_closed(const char *journal, int number)
{
	const struct guest guest = {.journal = journal, .check = all_closed};

	close_standard(number);
	return guest_run(&guest);
}

static bool all_null(void)
{
	struct stat about;
	bool all = true;

	for (int fd = 0; fd < STANDARD; fd++)
		if (closed & 1 << fd)
			all &= !fstat(fd, &about) && S_ISCHR(about.st_mode) &&
			       about.st_rdev == makedev(1, 3);
	return all;
}

enum guest_end run_closed_rank(const char *journal, int number)
{
	static const char *const variables[] = {"OMPI_COMM_WORLD_RANK",
	                                        "PMI_RANK"};
	const struct guest guest = {.journal = journal, .check = all_null};
	int rank = 0;

	for (int i = 0; i < 2; i++)
		if (getenv(variables[i]))
			rank = (int)strtol(getenv(variables[i]), NULL, 10);
	close_standard(number ^ (rank * ALL_CLOSED));
	return guest_run(&guest);
}
