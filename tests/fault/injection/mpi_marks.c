/*
 * To be preloaded: a function before each function of MPI that the library calls,
 * which marks the begin and the end of the call. What a thread does between them is
 * MPI's, and so are the threads that MPI starts there.
 *
 * All arguments are passed on as words. The functions of MPI take up to twelve, which
 * are integers or pointers and so are all passed alike; what is passed beyond those
 * that a function has, it does not read.
 */
#define _GNU_SOURCE
#include "marks.h"

#include <errno.h>
#include <unistd.h>

static void mark(enum mark number)
{
	const int saved = errno;

	syscall(number);
	errno = saved;
}

#define MPI_CALL(name)                                                        \
	long P##name(long, long, long, long, long, long, long, long, long,    \
	             long, long, long);                                       \
	long name(long, long, long, long, long, long, long, long, long, long, \
	          long, long);                                                \
	long name(long a, long b, long c, long d, long e, long f, long g,     \
	          long h, long i, long j, long k, long l)                     \
	{                                                                     \
		mark(MARK_ENTER);                                             \
		const long got = P##name(a, b, c, d, e, f, g, h, i, j, k, l); \
		mark(MARK_LEAVE);                                             \
		return got;                                                   \
	}
#include MPI_CALLS
#undef MPI_CALL

__attribute__((destructor)) static void end(void)
{
	mark(MARK_END);
}
