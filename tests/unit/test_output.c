/* Before a job is ended, a rank waits for who reads its output; not for ever. */
#define _POSIX_C_SOURCE 200809L
#include "common/base/output.h"

#include "common/base/clock.h"

#include <criterion/criterion.h>

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { BYTES = 4000 };

static atomic_int bytes_read;

/* A launcher that has other things to do at first. */
static void *read_late(void *end)
{
	char bytes[BYTES];

	poll(NULL, 0, 20);
	const ssize_t count = read(*(const int *)end, bytes, sizeof(bytes));
	atomic_store(&bytes_read, (int)count);
	return NULL;
}

/* A pipe in place of `file`, with bytes in it; the end to read from. */
static int pipe_instead_of(int file)
{
	char bytes[BYTES];
	int ends[2];

	memset(bytes, '.', sizeof(bytes));
	cr_assert(pipe(ends) == 0 && dup2(ends[1], file) == file);
	cr_assert(write(file, bytes, sizeof(bytes)) == BYTES);
	return ends[0];
}

static void expect_settled(int file)
{
	pthread_t reader;
	int end = pipe_instead_of(file);

	cr_assert(pthread_create(&reader, NULL, read_late, &end) == 0);
	output_drain();
	struct pollfd left = {.fd = end, .events = POLLIN};
	cr_expect(poll(&left, 1, 0) == 0);
	cr_assert(pthread_join(reader, NULL) == 0);
	cr_expect(atomic_load(&bytes_read) == BYTES);
}

Test(output, waits_for_a_reader_of_stdout)
{
	expect_settled(STDOUT_FILENO);
}

Test(output, waits_for_a_reader_of_stderr)
{
	expect_settled(STDERR_FILENO);
}

Test(output, does_not_wait_for_ever)
{
	pipe_instead_of(STDOUT_FILENO);
	const int64_t begin = clock_ns();
	output_drain();
	cr_expect(clock_ns() - begin >= 200 * 1000 * 1000);
}
