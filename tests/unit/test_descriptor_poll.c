/* Waiting for descriptors: as ppoll, and where poll refuses. */
#define _GNU_SOURCE /* pipe2 */
#include "common/base/descriptor_poll.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct timespec none;

/* Two pipes, of which the second one can be read. */
struct pipes {
	int idle[2];
	int full[2];
};

static struct pipes open_pipes(void)
{
	struct pipes out;

	cr_assert(!pipe2(out.idle, O_CLOEXEC) && !pipe2(out.full, O_CLOEXEC));
	cr_assert(write(out.full[1], "x", 1) == 1);
	return out;
}

/* With more descriptors than the limit allows, poll answers with EINVAL. */
static void refuse_poll(struct rlimit *before)
{
	struct pollfd two[2] = {{.fd = -1}, {.fd = -1}};

	getrlimit(RLIMIT_NOFILE, before);
	const struct rlimit few = {1, before->rlim_max};
	cr_assert(!setrlimit(RLIMIT_NOFILE, &few));
	cr_assert(poll(two, 2, 0) < 0 && errno == EINVAL);
}

static void expect_events(bool refused)
{
	const struct pipes pipes = open_pipes();
	struct pollfd polls[] = {
	    {.fd = pipes.idle[0], .events = POLLIN},
	    {.fd = -1, .events = POLLIN, .revents = POLLIN},
	    {.fd = pipes.full[0], .events = POLLIN},
	    {.fd = pipes.idle[1], .events = POLLOUT},
	};
	struct rlimit before;

	if (refused)
		refuse_poll(&before);
	const int ready = descriptor_poll(polls, 4, &none, NULL);
	if (refused)
		setrlimit(RLIMIT_NOFILE, &before);
	cr_expect_eq(ready, 2);
	cr_expect_eq(polls[0].revents, 0);
	cr_expect_eq(polls[1].revents, 0);
	cr_expect_eq(polls[2].revents, POLLIN);
	cr_expect_eq(polls[3].revents, POLLOUT);
}

Test(descriptor_poll, tells_which_are_ready)
{
	expect_events(false);
}

Test(descriptor_poll, where_poll_is_refused)
{
	expect_events(true);
}

static void expect_end(bool refused)
{
	const struct pipes pipes = open_pipes();
	struct pollfd polls[] = {{.fd = pipes.idle[0], .events = POLLIN},
	                         {.fd = -1}};
	struct rlimit before;

	close(pipes.idle[1]);
	if (refused)
		refuse_poll(&before);
	const int ready = descriptor_poll(polls, 2, NULL, NULL);
	if (refused)
		setrlimit(RLIMIT_NOFILE, &before);
	cr_expect(ready == 1 && polls[0].revents & (POLLIN | POLLHUP));
}

Test(descriptor_poll, the_end_of_a_connection_wakes)
{
	expect_end(false);
	expect_end(true);
}

static void expect_timeout(bool refused)
{
	const struct pipes pipes = open_pipes();
	struct pollfd polls[] = {{.fd = pipes.idle[0], .events = POLLIN},
	                         {.fd = -1}};
	struct rlimit before;
	struct timespec begin, end;

	if (refused)
		refuse_poll(&before);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	const int ready = descriptor_poll_ms(polls, 2, 20);
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (refused)
		setrlimit(RLIMIT_NOFILE, &before);
	const double seconds = (double)(end.tv_sec - begin.tv_sec) +
	                       1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
	cr_expect_eq(ready, 0);
	cr_expect(seconds >= 0.02, "it waited %g s", seconds);
}

Test(descriptor_poll, waits_no_shorter_than_it_was_told)
{
	expect_timeout(false);
	expect_timeout(true);
}

/* A caller in a loop does not keep a core busy. */
Test(descriptor_poll, pauses_if_nothing_works)
{
	struct pollfd polls[] = {{.fd = 1 << 20, .events = POLLIN}, {.fd = -1}};
	struct rlimit before;
	struct timespec begin, end;

	refuse_poll(&before);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	const int ready = descriptor_poll_ms(polls, 2, 1000);
	const int error = errno;
	clock_gettime(CLOCK_MONOTONIC, &end);
	setrlimit(RLIMIT_NOFILE, &before);
	cr_expect(ready == -1 && error == EINVAL);
	cr_expect(end.tv_sec > begin.tv_sec ||
	          end.tv_nsec - begin.tv_nsec > 4000000);
}
