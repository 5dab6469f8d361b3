/*
 * Run a program COUNT times, on WORKERS processes at once, and do nothing else:
 * what any tool for many commands has to do at least.
 *
 *	spawn_loop WORKERS COUNT PROGRAM [ARGUMENT]...
 *
 * Each worker runs its part by posix_spawn and waitpid.
 */
#define _POSIX_C_SOURCE 200809L
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int run(long count, char *arguments[])
{
	pid_t child;
	int status;

	for (long i = 0; i < count; i++)
		if (posix_spawnp(&child, arguments[0], NULL, NULL, arguments,
		                 environ) ||
		    waitpid(child, &status, 0) < 0 || status != 0)
			return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
	const long workers = argc > 3 ? strtol(argv[1], NULL, 10) : 0;
	const long count = argc > 3 ? strtol(argv[2], NULL, 10) : 0;
	int failed = 0;
	int status;

	if (workers < 1 || count < 1) {
		fputs("usage: spawn_loop WORKERS COUNT PROGRAM...\n", stderr);
		return 2;
	}
	for (long w = 0; w < workers; w++) {
		const pid_t child = fork();

		if (child == 0)
			_exit(
			    run(count * (w + 1) / workers - count * w / workers,
			        argv + 3));
		failed += child < 0;
	}
	while (wait(&status) > 0)
		failed += status != 0;
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
