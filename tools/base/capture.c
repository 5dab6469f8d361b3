#define _GNU_SOURCE /* pipe2 */
#include "capture.h"

#include "clock.h"
#include "given.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

_Noreturn static void be_child(int (*work)(void *arg), void *arg, int output)
{
	const int nothing = open("/dev/null", O_RDONLY);

	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
	    dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
		_exit(1);
	const int status = work(arg);
	fflush(stdout);
	_exit(status);
}

/* False if the child still has the pipe when the time is over. */
static bool read_all(int input, struct text *out)
{
	const double end = clock_seconds() + CAPTURE_SECONDS;
	char bytes[4096];

	for (;;) {
		const double left = end - clock_seconds();
		struct pollfd ready = {.fd = input, .events = POLLIN};

		if (left <= 0)
			return false;
		if (poll(&ready, 1, (int)(left * 1000) + 1) <= 0)
			continue;
		const ssize_t got = read(input, bytes, sizeof(bytes));
		if (got == 0 || (got < 0 && errno != EINTR))
			return true;
		if (got > 0 && out->length + (size_t)got <= CAPTURE_MOST)
			text_add(out, bytes, (size_t)got);
	}
}

enum capture_end capture(int (*work)(void *arg), void *arg, struct text *out)
{
	int ends[2];
	int status = 0;

	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC))
		return CAPTURE_FAILED;
	const pid_t child = fork();
	if (child == 0)
		be_child(work, arg, ends[1]);
	close(ends[1]);
	const bool is_done = child < 0 || read_all(ends[0], out);
	close(ends[0]);
	if (child < 0)
		return CAPTURE_FAILED;
	if (!is_done)
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!is_done)
		return CAPTURE_TOO_LATE;
	return status == 0 ? CAPTURE_DONE : CAPTURE_FAILED;
}

static int become_program(void *arg)
{
	char *const *argv = arg;

	given_restore();
	execv(argv[0], argv);
	return 127;
}

enum capture_end capture_program(char *const argv[], struct text *out)
{
	return capture(become_program, (void *)(size_t)argv, out);
}
