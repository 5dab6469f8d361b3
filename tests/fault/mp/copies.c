/* Copies of ranks, forked off by the program: they are no ranks. */
#define _GNU_SOURCE
#include "runner.h"
#include "scenarios.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RANKS = 4 };

/* A copy releases its copy, and ends as it likes; the ranks go on. */
static void be_a_copy(cohort *group)
{
	EXPECT(cohort_barrier(group) == COHORT_ESTATE, "barrier in a copy");
	EXPECT(cohort_close(group) == COHORT_OK, "close in a copy: %s",
	       cohort_error());
	exit(7);
}

static void abort_in_a_copy(cohort *group)
{
	cohort_abort(group, 7);
}

static void (*in_copy)(cohort *group);

static void copy_ranks(void)
{
	cohort *group = enter(RANKS, 0);
	int status = 0;

	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();
		if (pid == 0)
			in_copy(group);
		EXPECT(cohort_barrier(group) == COHORT_OK, "%s",
		       cohort_error());
		EXPECT(waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
		           WEXITSTATUS(status) == 7,
		       "the copy's end: %#x", (unsigned)status);
		EXPECT(cohort_barrier(group) == COHORT_OK, "%s",
		       cohort_error());
	}
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_close_in_copy(void)
{
	in_copy = be_a_copy;
	EXPECT(run(copy_ranks).code == 0, "exit status");
}

void scenario_abort_in_copy(void)
{
	in_copy = abort_in_a_copy;
	EXPECT(run(copy_ranks).code == 0, "exit status");
}
