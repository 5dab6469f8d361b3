/* Writes that raise a signal: the program's actions and mask stay as they are. */
#define _GNU_SOURCE /* pipe2 */
#include "common/base/write_signals.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static bool is_pending(int number)
{
	sigset_t set;

	sigpending(&set);
	return sigismember(&set, number);
}

static bool is_blocked(int number)
{
	sigset_t set;

	pthread_sigmask(SIG_BLOCK, NULL, &set);
	return sigismember(&set, number);
}

static void write_to_nobody(void)
{
	int ends[2];

	cr_assert(!pipe2(ends, O_CLOEXEC));
	close(ends[0]);
	cr_assert(write(ends[1], "x", 1) < 0 && errno == EPIPE);
	close(ends[1]);
	errno = EPIPE;
}

static void write_beyond_the_limit(void)
{
	const struct rlimit none = {0, RLIM_INFINITY};
	struct rlimit before;
	FILE *file = tmpfile();

	cr_assert(file);
	getrlimit(RLIMIT_FSIZE, &before);
	setrlimit(RLIMIT_FSIZE, &none);
	const ssize_t written = write(fileno(file), "x", 1);
	const int error = errno;
	setrlimit(RLIMIT_FSIZE, &before);
	fclose(file);
	cr_assert(written < 0 && error == EFBIG, "%zd, errno %d", written,
	          error);
	errno = EFBIG;
}

/* The default action of both would end this process. */
Test(write_signals, neither_ends_the_process)
{
	struct write_signals signals;

	write_signals_block_all(&signals);
	write_to_nobody();
	write_beyond_the_limit();
	cr_expect(is_pending(SIGPIPE) && is_pending(SIGXFSZ));
	write_signals_restore(&signals, true);
	cr_expect(errno == EFBIG);
	cr_expect(!is_pending(SIGPIPE) && !is_pending(SIGXFSZ));
	cr_expect(!is_blocked(SIGPIPE) && !is_blocked(SIGXFSZ));
}

Test(write_signals, pipes_only_on_request, .signal = SIGPIPE)
{
	struct write_signals signals;

	write_signals_block(&signals);
	cr_expect(is_blocked(SIGXFSZ) && !is_blocked(SIGPIPE));
	write_to_nobody();
}

/* One that the program blocks is the program's, also if the write raised it. */
Test(write_signals, a_blocked_one_stays_pending)
{
	struct write_signals signals;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	write_signals_block_all(&signals);
	write_to_nobody();
	write_signals_restore(&signals, true);
	cr_expect(is_pending(SIGPIPE) && is_blocked(SIGPIPE));
	cr_expect(!is_blocked(SIGXFSZ));
	signal(SIGPIPE, SIG_IGN); /* forgets it */
}

Test(write_signals, a_write_that_succeeds_changes_nothing)
{
	struct write_signals signals;

	errno = ENOENT;
	write_signals_block_all(&signals);
	write_signals_restore(&signals, false);
	cr_expect(errno == ENOENT);
	cr_expect(!is_blocked(SIGPIPE) && !is_blocked(SIGXFSZ));
}
