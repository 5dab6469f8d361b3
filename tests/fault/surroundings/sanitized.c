/*
 * A program that is compiled with a sanitizer, on a library that is not: when its
 * rank 0 is killed, the monitor, which has given back the program's memory by then,
 * ends the other ranks and itself.
 */
#define _POSIX_C_SOURCE 200809L
#include <cohort.h>

#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* So long the ranks do nothing: the monitor waits a tenth of a second before it
 * gives memory back. A monitor that is late only makes the test easier. */
static void rest(void)
{
	const struct timespec time = {0, 500000000};

	nanosleep(&time, NULL);
}

static _Noreturn void be_ranks(void)
{
	const cohort_options options = {.backend = "mp", .size = 3};
	cohort *group;

	if (cohort_open(&options, &group) != COHORT_OK) {
		fprintf(stderr, "%s\n", cohort_error());
		_exit(1);
	}
	if (!cohort_is_root(group))
		for (;;)
			pause();
	rest();
	raise(SIGKILL);
	_exit(1);
}

int main(void)
{
	int ends[2];
	char byte;

	if (pipe(ends))
		return 1;
	switch (fork()) {
	case -1:
		return 1;
	case 0:
		be_ranks();
	}
	close(ends[1]);
	/* The other end is that of all ranks. */
	if (read(ends[0], &byte, 1) != 0)
		return 1;
	puts("all ranks have ended");
	return 0;
}
