/* Descriptors: numbers below 3, reads to the end, closing. */
#define _GNU_SOURCE /* pipe2 */
#include "common/base/descriptor.h"
#include "common/base/system_file.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int open_null(void)
{
	return open("/dev/null", O_RDWR);
}

/* Criterion's own process talks to its runner through other descriptors. */
Test(descriptor, raised_above_the_standard_streams)
{
	const int saved = dup(STDIN_FILENO);

	close(STDIN_FILENO);
	const int low = open_null();
	cr_assert(low == STDIN_FILENO);
	int fd = descriptor_raise(low);
	cr_expect(fd > STDERR_FILENO);
	cr_expect(!is_open(low), "the low one is still open");
	cr_expect(fcntl(fd, F_GETFD) & FD_CLOEXEC, "not close-on-exec");
	cr_expect(write(fd, "x", 1) == 1, "not the same file");
	descriptor_close(&fd);
	if (saved >= 0) {
		dup2(saved, STDIN_FILENO);
		close(saved);
	}
}

Test(descriptor, a_high_one_and_none_stay)
{
	int fd = open_null();

	cr_assert(fd > STDERR_FILENO);
	cr_expect(descriptor_raise(fd) == fd && is_open(fd));
	descriptor_close(&fd);
	errno = ENOENT;
	cr_expect(descriptor_raise(-1) == -1 && errno == ENOENT);
}

Test(descriptor, no_number_left)
{
	struct rlimit before;
	const int saved = dup(STDIN_FILENO);

	close(STDIN_FILENO);
	const int low = open_null();
	cr_assert(low == STDIN_FILENO);
	getrlimit(RLIMIT_NOFILE, &before);
	const struct rlimit few = {3, before.rlim_max};
	setrlimit(RLIMIT_NOFILE, &few);
	const int fd = descriptor_raise(low);
	const int error = errno;
	setrlimit(RLIMIT_NOFILE, &before);
	cr_expect(fd == -1 && error != 0);
	cr_expect(!is_open(low), "a low one is left open");
	if (saved >= 0) {
		dup2(saved, STDIN_FILENO);
		close(saved);
	}
}

Test(descriptor, closed_once)
{
	int fd = open_null();
	const int number = fd;

	errno = EIO;
	descriptor_close(&fd);
	cr_expect(fd == -1 && errno == EIO);
	descriptor_close(&fd);
	cr_expect(fd == -1 && errno == EIO);
	cr_expect(!is_open(number));
}

Test(descriptor, read_to_the_end_or_to_the_room)
{
	char text[8] = "";
	size_t got = 0;
	int ends[2];

	cr_assert(pipe2(ends, O_CLOEXEC) == 0);
	cr_assert(write(ends[1], "abcdef", 6) == 6);
	cr_expect(descriptor_read(ends[0], text, 4, &got) && got == 4);
	cr_expect(!memcmp(text, "abcd", 4));
	close(ends[1]);
	cr_expect(descriptor_read(ends[0], text, sizeof(text), &got));
	cr_expect(got == 2 && !memcmp(text, "ef", 2));
	close(ends[0]);
	got = 77;
	cr_expect(!descriptor_read(ends[0], text, 1, &got) && errno == EBADF &&
	          got == 77);
}

Test(descriptor, a_file_of_the_system)
{
	char text[64];
	char small[4];

	cr_expect(system_file_read("/proc/self/comm", text, sizeof(text)));
	cr_expect_str_eq(text, "test_descriptor\n");
	cr_expect(system_file_read("/proc/self/comm", small, sizeof(small)));
	cr_expect_str_eq(small, "tes");
	cr_expect(!system_file_read("/proc/self/none", text, sizeof(text)) &&
	          errno == ENOENT);
}
