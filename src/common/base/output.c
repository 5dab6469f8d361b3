#define _POSIX_C_SOURCE 200809L
#include "output.h"

#include "clock.h"

#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST_NS = 250 * 1000 * 1000, NAP_NS = 200 * 1000 };

/* On Linux the writing end of a pipe, too, knows how many bytes are in it. */
static bool holds_bytes(int file)
{
	struct stat about;
	int bytes = 0;

	return fstat(file, &about) == 0 && S_ISFIFO(about.st_mode) &&
	       ioctl(file, FIONREAD, &bytes) == 0 && bytes > 0;
}

void output_drain(void)
{
	const int64_t end = clock_ns() + LONGEST_NS;

	while ((holds_bytes(STDOUT_FILENO) || holds_bytes(STDERR_FILENO)) &&
	       clock_ns() < end)
		nanosleep(&(struct timespec){.tv_nsec = NAP_NS}, NULL);
}
