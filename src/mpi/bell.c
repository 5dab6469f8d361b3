#define _GNU_SOURCE /* syscall */
#include "bell.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(atomic_uint) == 4, "a bell is a futex");

void bell_ring(atomic_uint *bell)
{
	const int saved = errno;

	atomic_fetch_add(bell, 1);
	syscall(SYS_futex, bell, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
	errno = saved;
}

void bell_wait(atomic_uint *bell, unsigned seen, double seconds)
{
	const int saved = errno;
	const time_t whole = (time_t)seconds;
	const struct timespec most = {whole,
	                              (long)((seconds - (double)whole) * 1e9)};

	syscall(SYS_futex, bell, FUTEX_WAIT, seen, &most, NULL, 0);
	errno = saved;
}
