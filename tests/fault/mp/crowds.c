/* Many ranks: what opening them costs, and rank 0's death while they are
 * forked. */
#define _GNU_SOURCE
#include "hooks.h"
#include "runner.h"
#include "scenarios.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The promise; and a turn on a core for each process that ends, because the pace is
 * that of one thread. The kernel takes longer to drop the memory of a process that the
 * address sanitizer watches. */
#define TURN_SECONDS 0.005
#ifdef __SANITIZE_ADDRESS__
#define GONE_SECONDS 1.0
#else
#define GONE_SECONDS 0.1
#endif

enum { FEW = 100, MANY = 2000, KILLED_RANKS = 256 };

static int ranks;
static double root_naps;
static int root_killed_at; /* the fork; 0: rank 0 is not killed */

static void open_crowd(void)
{
	const cohort_options options = {.backend = "mp", .size = ranks};
	cohort *group = NULL;

	setenv("COHORT_LOG", "error", 1);
	hooks->kill_root_at = root_killed_at;
	cohort_status status = cohort_open(&options, &group);
	if (status == COHORT_OK && cohort_is_root(group))
		nap(root_naps); /* the others wait */
	if (status == COHORT_OK)
		status = cohort_barrier(group);
	if (status == COHORT_OK)
		status = cohort_close(group);
	EXPECT(status == COHORT_OK, "%s", cohort_error());
}

/* Rank 0 is killed after a fork: no more ranks are forked, and those that are
 * there end. */
void scenario_open_root_killed(void)
{
	static const int moments[] = {1, 2, 10, 100, KILLED_RANKS - 1};
	double slowest = 0;

	ranks = KILLED_RANKS;
	for (size_t i = 0; i < sizeof(moments) / sizeof(*moments); i++) {
		hooks_reset();
		root_killed_at = moments[i];
		const struct ending ending = run(open_crowd);
		EXPECT(ending.code == 128 + SIGKILL, "exit status %d",
		       ending.code);
		EXPECT_WITHIN(shared->event, ending.all_gone,
		              GONE_SECONDS + TURN_SECONDS * moments[i],
		              "rank 0 was killed after fork %d", moments[i]);
		EXPECT(moments[i] > 10 ||
		           atomic_load(&hooks->forks) < KILLED_RANKS - 1,
		       "all %d ranks were forked, rank 0 was killed after %d",
		       KILLED_RANKS, moments[i]);
		const double took = ending.all_gone - shared->event;
		slowest = took > slowest ? took : slowest;
	}
	figure("all processes gone %.1f ms after rank 0 at the most "
	       "(promised: 100 ms)",
	       1e3 * slowest);
}

/* CPU seconds of all processes of a program that have ended. */
static double cpu_of_open(int size)
{
	struct rusage before;
	struct rusage after;

	ranks = size;
	getrusage(RUSAGE_CHILDREN, &before);
	EXPECT(run(open_crowd).code == 0, "exit status");
	getrusage(RUSAGE_CHILDREN, &after);
	return (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec) +
	       (double)(after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
	       1e-6 *
	           (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec) +
	       1e-6 *
	           (double)(after.ru_stime.tv_usec - before.ru_stime.tv_usec);
}

/* Twenty times as many ranks cost about twenty times as much. A cost that grows
 * with the square, such as that of waiting ranks that all look at each other,
 * makes it forty times and more. */
void scenario_crowd_cpu(void)
{
	if (SANITIZED)
		skip("forks take longer with the sanitizers' memory");
	hooks_reset();
	root_naps = 0.5;
	cpu_of_open(FEW); /* warms up */
	const double few = cpu_of_open(FEW);
	const double begin = now();
	const double many = cpu_of_open(MANY);
	const double end = now();

	EXPECT_WITHIN(begin, end, 6, "%d ranks", MANY);
	EXPECT(many < 32 * (few > 0.01 ? few : 0.01),
	       "%d ranks cost %.3f s, and %d cost %.3f s", FEW, few, MANY,
	       many);
	figure("open, a barrier to which rank 0 comes 0.5 s late, and close: "
	       "%.3f s of CPU with %d ranks, %.3f s "
	       "with %d, in %.2f s",
	       few, FEW, many, MANY, end - begin);
}
