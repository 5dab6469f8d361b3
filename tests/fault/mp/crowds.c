/*
 * Many ranks: what opening them costs, and rank 0's death while they are forked. The
 * environment: COHORT_TEST_CROWD_RANKS, how many ranks are opened then;
 * COHORT_TEST_CROWD_KILLS, how often rank 0 is killed at some moment of the open; and
 * COHORT_TEST_CROWD_SEED, which draws the moments.
 */
#define _GNU_SOURCE
#include "hooks.h"
#include "runner.h"
#include "scenarios.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* The promise, beside what as many processes that do nothing need to end. The kernel
 * takes longer to drop the memory of a process that the address sanitizer watches. */
#ifdef __SANITIZE_ADDRESS__
#define GONE_SECONDS 1.0
#else
#define GONE_SECONDS 0.1
#endif

enum {
	FEW = 100,
	MANY = 2000,
	KILLED_RANKS = SANITIZED ? 256 : 1000,
	IDLE_RANKS = SANITIZED ? 256 : 600,
	KILLS = 3,
	TIMINGS = 3
};

static int ranks;
static double root_naps;
static bool root_dies;
static int root_killed_at; /* the fork; 0: rank 0 is not killed */

static void open_crowd(void)
{
	const cohort_options options = {.backend = "mp", .size = ranks};
	cohort *group = NULL;

	setenv("COHORT_LOG", "error", 1);
	hooks->kill_root_at = root_killed_at;
	cohort_status status = cohort_open(&options, &group);
	if (status == COHORT_OK && cohort_is_root(group)) {
		shared->slots[0].returned = now();
		nap(root_naps); /* the others wait */
	}
	if (status == COHORT_OK)
		status = cohort_barrier(group);
	if (status == COHORT_OK)
		status = cohort_close(group);
	/* Some ranks may learn of the end of rank 0 before they are killed. */
	EXPECT(status == COHORT_OK || root_dies, "%s", cohort_error());
}

/* Fork as many copies of this program as there will be ranks, which do nothing, and
 * kill them: what all processes of a program need at least, on this machine now. */
static double time_copies(int count)
{
	pid_t *copies = calloc((size_t)count, sizeof(*copies));

	for (int i = 0; copies && i < count; i++) {
		copies[i] = fork();
		if (copies[i] == 0)
			for (;;)
				pause();
	}
	const double begin = now();
	for (int i = 0; copies && i < count; i++)
		kill(copies[i], SIGKILL);
	for (int i = 0; copies && i < count; i++)
		waitpid(copies[i], NULL, 0);
	free(copies);
	return now() - begin;
}

static double copies_took; /* the longest so far */

static void time_copies_again(void)
{
	const double took = time_copies(ranks);

	copies_took = took > copies_took ? took : copies_took;
}

/* How long the processes of a program live on after rank 0. The pace is that of one
 * thread, and on a busy machine one of a thousand processes waits longer for a core:
 * before a time counts as late, the copies are timed on the machine as it is then. */
static double expect_gone(struct ending ending, const char *when)
{
	const double gone = ending.all_gone;

	EXPECT(ending.code == 128 + SIGKILL, "exit status %d", ending.code);
	for (int i = 0; i < TIMINGS && !pace_within(shared->event + copies_took,
	                                            gone, GONE_SECONDS);
	     i++)
		time_copies_again();
	EXPECT_WITHIN(shared->event + copies_took, gone, GONE_SECONDS,
	              "rank 0 was killed %s, and copies are gone after %.3f s",
	              when, copies_took);
	return gone - shared->event;
}

/* Rank 0 is killed after a fork: no more ranks are forked, and those that are
 * there end. */
static double kill_root_after(int forks)
{
	char when[64];

	hooks_reset();
	root_killed_at = forks;
	snprintf(when, sizeof(when), "after fork %d", forks);
	const double took = expect_gone(run(open_crowd), when);
	EXPECT(forks > 10 || atomic_load(&hooks->forks) < ranks - 1,
	       "all %d ranks were forked, rank 0 was killed %s", ranks, when);
	return took;
}

/* The event is the end of the process: on a busy machine a process that is killed
 * needs a core for that. It stays a child of this one. */
static void await_end(pid_t pid)
{
	siginfo_t info;

	while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) &&
	       errno == EINTR)
		;
	shared->event = now();
}

/* Rank 0 is killed after so many seconds of the open, perhaps during a fork. */
static double kill_root_in(double seconds)
{
	char when[64];

	hooks_reset();
	root_killed_at = 0;
	root_naps = 60; /* it is killed before */
	snprintf(when, sizeof(when), "%.1f ms after its start", 1e3 * seconds);
	const pid_t root = start(open_crowd);
	nap(seconds);
	kill(root, SIGKILL);
	await_end(root);
	return expect_gone(finish(), when);
}

/* Start all ranks; rank 0 is there, and the others wait for it. */
static pid_t start_crowd(void)
{
	hooks_reset();
	root_killed_at = 0;
	root_naps = 60;
	const pid_t root = start(open_crowd);
	while (shared->slots[0].returned == 0)
		nap(1e-4);
	return root;
}

/* How long the program of all ranks takes until they are there. */
static double time_open(void)
{
	const double begin = now();

	kill(start_crowd(), SIGKILL);
	finish();
	return shared->slots[0].returned - begin;
}

/* Rank 0 is killed, and the monitor takes its time: the peers notice the end, and do
 * nothing meanwhile that would keep the cores from it. After more than half a
 * millisecond for each of them they look what has become of the others. */
static void expect_idle_peers(void)
{
	const int all = ranks;

	ranks = IDLE_RANKS;
	const pid_t root = start_crowd();
	hooks->unasked = 0.5e-3 * ranks;
	hooks->nap_seconds = 0.8 * hooks->unasked;
	atomic_store(&hooks->naps, 1);
	atomic_store(&hooks->root_killed, now());
	kill(root, SIGKILL);
	finish();
	EXPECT(atomic_load(&hooks->early_looks) == 0,
	       "%d looks for the ends of ranks while the monitor ends them all",
	       atomic_load(&hooks->early_looks));
	ranks = all;
}

static int compare_times(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

static void kill_root_at_random(int kills, unsigned seed)
{
	double *took = calloc((size_t)kills, sizeof(*took));
	const double opening = time_open();

	if (!EXPECT(took, "calloc"))
		return;
	srand(seed);
	for (int i = 0; i < kills; i++)
		took[i] = kill_root_in(opening * rand() / RAND_MAX);
	qsort(took, (size_t)kills, sizeof(*took), compare_times);
	figure("%d ranks open in %.0f ms; rank 0 killed at %d moments (seed "
	       "%u): all gone after %.1f ms (median), %.1f (worst)",
	       ranks, 1e3 * opening, kills, seed, 1e3 * took[kills / 2],
	       1e3 * took[kills - 1]);
	free(took);
}

static int setting_of(const char *name, int usual)
{
	const char *text = getenv(name);

	return text ? atoi(text) : usual;
}

void scenario_open_root_killed(void)
{
	ranks = setting_of("COHORT_TEST_CROWD_RANKS", KILLED_RANKS);
	const int moments[] = {1, 2, 10, 100, ranks - 1};

	root_dies = true;
	time_copies_again();
	figure("%d copies of a program that do nothing are gone %.1f ms after "
	       "a kill",
	       ranks, 1e3 * copies_took);
	for (size_t i = 0; i < sizeof(moments) / sizeof(*moments); i++)
		figure("all gone %.1f ms after rank 0, which was killed after "
		       "fork %d",
		       1e3 * kill_root_after(moments[i]), moments[i]);
	expect_idle_peers();
	kill_root_at_random(
	    setting_of("COHORT_TEST_CROWD_KILLS", KILLS),
	    (unsigned)setting_of("COHORT_TEST_CROWD_SEED", (int)getpid()));
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
