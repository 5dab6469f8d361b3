/* The other ways in which a rank can end without its peers. */
#define _GNU_SOURCE
#include "runner.h"
#include "scenarios.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { RANKS = 4, OPENED = 1 };

/* How a rank ends: what its peers are told, its own exit status as a shell
 * sees it, and whether its handlers for exit run. */
struct way {
	void (*end)(void);
	const char *cause;
	int code;
	bool in_order;
};

static struct {
	const struct way *way;
	int victim;
} plan;

static void end_abort(void)
{
	abort();
}

static void end_segv(void)
{
	signal(SIGSEGV, SIG_DFL); /* sanitizers catch it */
	raise(SIGSEGV);
}

static void end_exit(void)
{
	exit(0);
}

static void end_exit_3(void)
{
	exit(3);
}

static void end__exit(void)
{
	_exit(0);
}

static void end_exec(void)
{
	execl("/bin/sh", "sh", "-c", "exit 4", (char *)NULL);
}

static void no_core(void)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
}

static void crash(void)
{
	no_core();
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	ranks_barrier(group, OPENED);
	if (rank == plan.victim) {
		shared->event = now();
		plan.way->end();
	}
	keep(rank, cohort_barrier(group));
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

static void crash_everywhere(const struct way *way)
{
	double slowest = 0;
	double end = 0;

	plan.way = way;
	for (plan.victim = 0; plan.victim < RANKS; plan.victim++) {
		char cause[64];
		const struct ending ending = run(crash);
		snprintf(cause, sizeof(cause), "rank %d %s", plan.victim,
		         way->cause);
		for (int r = 0; r < RANKS; r++)
			if (r != plan.victim &&
			    (plan.victim != 0 || way->in_order))
				expect_told(r, cause, &slowest);
		EXPECT(ending.code == way->code, "exit status %d, not %d",
		       ending.code, way->code);
		const double took = ending.all_gone - shared->event;
		EXPECT_WITHIN(shared->event, ending.all_gone, 1,
		              "processes live on after rank %d", plan.victim);
		end = took > end ? took : end;
	}
	figure("told within %.1f ms (promised: 100 ms), all gone within %.1f "
	       "ms",
	       1e3 * slowest, 1e3 * end);
}

#define CRASH(name, cause, code, in_order)                                  \
	void scenario_crash_##name(void)                                    \
	{                                                                   \
		const struct way way = {end_##name, cause, code, in_order}; \
		crash_everywhere(&way);                                     \
	}
CRASH(abort, "was killed by signal 6 (Aborted): a debugger", 128 + SIGABRT,
      false)
CRASH(segv, "was killed by signal 11 (Segmentation fault): a debugger",
      128 + SIGSEGV, false)
CRASH(exit, "has left the program, with exit status 0", 0, true)
CRASH(exit_3, "has left the program, with exit status 3", 3, true)
CRASH(_exit, "has left the program, with exit status 0", 0, false)
CRASH(exec, "has left the program, with exit status 4", 4, false)
