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

/* Of files that are written from now on. Returns the limit before. */
static struct rlimit limit_length(rlim_t bytes)
{
	const struct rlimit limit = {bytes, RLIM_INFINITY};
	struct rlimit before;

	getrlimit(RLIMIT_FSIZE, &before);
	setrlimit(RLIMIT_FSIZE, &limit);
	return before;
}

static void write_beyond_the_limit(void)
{
	FILE *file = tmpfile();

	cr_assert(file);
	const struct rlimit before = limit_length(0);
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
	const struct rlimit before = limit_length(1 << 20);
	struct write_signals signals;

	write_signals_block(&signals);
	setrlimit(RLIMIT_FSIZE, &before);
	cr_expect(is_blocked(SIGXFSZ) && !is_blocked(SIGPIPE));
	write_to_nobody();
}

/* It is looked at before each write: a task may have set it. */
Test(write_signals, a_limit_counts_from_the_next_write)
{
	struct write_signals signals;
	FILE *file = tmpfile();

	cr_assert(file);
	write_signals_block(&signals);
	write_signals_restore(&signals, false);
	const struct rlimit before = limit_length(0);
	write_signals_block(&signals);
	const ssize_t written = write(fileno(file), "x", 1);
	write_signals_restore(&signals, true);
	setrlimit(RLIMIT_FSIZE, &before);
	cr_expect(written < 0, "%zd", written);
	cr_expect(!is_pending(SIGXFSZ) && !is_blocked(SIGXFSZ));
	fclose(file);
}

Test(write_signals, without_a_limit_the_mask_stays)
{
	struct write_signals signals;

	write_signals_block(&signals);
	cr_expect(!is_blocked(SIGXFSZ));
	write_signals_restore(&signals, true);
	cr_expect(!is_blocked(SIGXFSZ));
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
