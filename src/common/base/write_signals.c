#define _DEFAULT_SOURCE /* syscall */
#include "write_signals.h"

#include <errno.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The C library's function calls prlimit64, which takes twice as long. */
static int read_limit(struct rlimit *out)
{
#if defined(SYS_getrlimit) && defined(__LP64__)
	return (int)syscall(SYS_getrlimit, RLIMIT_FSIZE, out);
#else
	return getrlimit(RLIMIT_FSIZE, out);
#endif
}

/* Whether a file may become too long. */
static bool length_is_limited(void)
{
	struct rlimit limit;

	return read_limit(&limit) || limit.rlim_cur != RLIM_INFINITY;
}

static void block(struct write_signals *out, bool pipes)
{
	out->changed = true;
	sigemptyset(&out->blocked);
	sigaddset(&out->blocked, SIGXFSZ);
	if (pipes)
		sigaddset(&out->blocked, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &out->blocked, &out->mask);
	/* One that the program blocks itself stays pending, as after a write of
	 * the program's. */
	if (sigismember(&out->mask, SIGXFSZ))
		sigdelset(&out->blocked, SIGXFSZ);
	if (sigismember(&out->mask, SIGPIPE))
		sigdelset(&out->blocked, SIGPIPE);
}

/* Whoever lowers the limit while this thread writes may end the process, as if
 * it wrote a moment later. To look at the limit is one call that takes half as
 * long as the two that change the mask. */
void write_signals_block(struct write_signals *out)
{
	out->changed = false;
	if (length_is_limited())
		block(out, false);
}

void write_signals_block_all(struct write_signals *out)
{
	block(out, true);
}

void write_signals_restore(const struct write_signals *signals, bool failed)
{
	static const struct timespec none = {0};
	const int saved = errno;

	if (!signals->changed)
		return;
	while (failed && (sigtimedwait(&signals->blocked, NULL, &none) > 0 ||
	                  errno == EINTR))
		;
	pthread_sigmask(SIG_SETMASK, &signals->mask, NULL);
	errno = saved;
}
