/* A thread waits for input, which never comes, while ranks are started, while
 * tasks run, and at the end. It holds the lock of its stream. */
#define _DEFAULT_SOURCE /* on_exit */
#include "scenarios.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static FILE *input;

static void *read_line(void *unused)
{
	char line[64];

	return fgets(line, sizeof(line), input) ? NULL : unused;
}

/* Until the thread holds the lock. */
static void start_reader(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, read_line, NULL))
		return;
	while (!ftrylockfile(input)) {
		funlockfile(input);
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	}
}

/* The GNU C library 2.41 takes the lock of every stream at the very end: a program
 * whose thread waits for input hangs there, with or without cohort. This handler is
 * registered before the library's, so it runs after that. */
static void leave_before_streams(int status, void *unused)
{
	(void)unused;
	_exit(status);
}

static int reader_rank;

static void start_on_rank(int rank)
{
	if (rank == reader_rank)
		start_reader();
}

/* Even: stdin; odd: another stream. 0 and 1: before the open; 2 to 5: after it, on
 * rank 0 or 1. */
enum guest_end run_reader(const char *journal, int number)
{
	const struct guest guest = {
	    .journal = journal,
	    .opened = number < 2 ? NULL : start_on_rank,
	};
	int ends[2];

	if (pipe(ends) || on_exit(leave_before_streams, NULL))
		return GUEST_WRONG;
	dup2(ends[0], STDIN_FILENO);
	input = number % 2 ? fdopen(ends[0], "r") : stdin;
	reader_rank = number / 2 - 1;
	if (number < 2)
		start_reader();
	/* Returns from main, so that the handlers of the program's end run. */
	return guest_run(&guest);
}

static const char *output_path;
static FILE *output;

/* Rank 0's exit handler of before the open runs when the peers have ended, and
 * before the C library writes what is left. */
static void check_output(void)
{
	char text[256];
	fflush(output);
	FILE *file = fopen(output_path, "r");
	const size_t got = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[got] = '\0';
	const char *before = strstr(text, "before\n");
	const bool peers = getenv("COHORT_SIZE") != NULL;
	if (!before || strstr(before + 1, "before\n") ||
	    (strstr(text, "after\n") != NULL) != peers)
		_exit(GUEST_WRONG);
}

/* Output that waits in a stream of the program's own when ranks and children are
 * forked is written once, and so is what a peer adds to it. */
enum guest_end run_streams(const char *journal, int number)
{
	const struct guest guest = {.journal = NULL};
	const pid_t pid = getpid();

	(void)number;
	output = fopen(journal, "a");
	output_path = journal;
	if (!output || fputs("before\n", output) < 0 || atexit(check_output))
		return GUEST_WRONG;
	const enum guest_end end = guest_run(&guest);
	if (getpid() != pid)
		fputs("after\n", output);
	return end;
}
