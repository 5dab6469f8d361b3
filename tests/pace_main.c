/*
 * The machine's slowdown, for scripts.
 *
 *   pace watch FILE                     sample until the parent ends
 *   pace now FILE                       print the slowdown, rounded up
 *   pace within FILE BOUND_MS TOOK_MS   whether something that ended just now is
 *                                       within its bound; print the comparison
 */
#define _GNU_SOURCE
#include "pace.h"

#include "clock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int watch(const char *path)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pace_begin(path);
	for (;;)
		pause();
	return 0;
}

static int compare(double bound, double took)
{
	const double end = now();
	const bool within = pace_within(end - took, end, bound);

	puts(pace_compared());
	return within ? 0 : 1;
}

int main(int argc, char *argv[])
{
	if (argc == 3 && !strcmp(argv[1], "watch"))
		return watch(argv[2]);
	if (argc > 2)
		pace_read(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "now"))
		return printf("%d\n", (int)(pace_now() + 0.999)) < 0;
	if (argc == 5 && !strcmp(argv[1], "within"))
		return compare(1e-3 * atof(argv[3]), 1e-3 * atof(argv[4]));
	fputs("usage: see the top of pace_main.c\n", stderr);
	return 2;
}
