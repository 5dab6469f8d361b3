/* Tasks that end their process. */
#define _GNU_SOURCE
#include "cases.h"
#include "schedules.h"
#include "sweep.h"
#include "task_deaths.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct task_death *death;
static struct failing failing;

static double seconds; /* each task takes at least this long */

static int crash_some(cohort_task *task)
{
	task_begins(task);
	if (seconds > 0)
		nap(seconds);
	if (failing_has(&failing, cohort_task_index(task))) {
		/* The unfinished result must not become one. */
		memset(cohort_task_result(task, 5000), 0x55, 5000);
		task_dies();
		death->die();
	}
	return task_ends(task);
}

static void crash(size_t count, cohort_schedule schedule, size_t chunk)
{
	const cohort_job job = {.execute = crash_some,
	                        .isolate = true,
	                        .schedule = schedule,
	                        .chunk = chunk};

	/* After a longjmp the program goes on in the child, until it calls the
	 * library. */
	if (setjmp(outside_of_task)) {
		const int silent = open("/dev/null", O_WRONLY | O_CLOEXEC);
		dup2(silent, STDERR_FILENO);
		MUST(cohort_barrier(here.group));
		_exit(0);
	}
	struct gathered gathered = sweep_run(job, count);
	sweep_expect(&gathered, count, &failing);
}

void case_crashes(void)
{
	double slowest = 0;

	for (size_t i = 0; i < TASK_DEATHS; i++) {
		death = &task_deaths[i];
		if (death->needs_limits && SANITIZED)
			continue;
		failing = (struct failing){12, 5, death->words, 1};
		crash(12, (cohort_schedule)(COHORT_STATIC + i % 3), i % 2 * 3);
		const double took = 1e-9 * (double)here.shared->slowest;
		EXPECT_WITHIN(took, 2, "%s: the next task began late",
		              death->name);
		slowest = took > slowest ? took : slowest;
	}
	figure("after a crash the rank's next task began within %.2f ms "
	       "(promised: 50 ms and a fork)",
	       1e3 * slowest);
}

void case_all_crash(void)
{
	const double begin = now();

	death = &task_deaths[0];
	failing = (struct failing){1, 0, death->words, 1};
	for (int s = COHORT_STATIC; s < SCHEDULES_END; s++)
		crash(25, (cohort_schedule)s, 0);
	figure("a task that crashes takes %.2f ms of one rank",
	       1e3 * (now() - begin) * here.size / (25 * SCHEDULES_NAMED));
}

/* No task, one, fewer than ranks, as many, more; some tasks crash. */
void case_few_tasks(void)
{
	const size_t size = (size_t)here.size;
	const size_t counts[] = {0, 1, size > 1 ? size - 1 : 0, size, size + 1};

	death = &task_deaths[2];
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		for (int s = COHORT_STATIC; s < SCHEDULES_END; s++) {
			failing = (struct failing){0, 0, death->words, 1};
			crash(counts[i], (cohort_schedule)s, 0);
			failing.every = 2;
			crash(counts[i], (cohort_schedule)s, 100);
		}
}

/* Each child has the state as build made it, and not as other tasks left it. */
struct state {
	int tasks;
	int magic;
};

static _Atomic int torn_down;

static int build(void *arg, void **state)
{
	struct state *made = calloc(1, sizeof(*made));

	made->magic = *(const int *)arg;
	*state = made;
	return 0;
}

static int spoil(cohort_task *task)
{
	struct state *state = cohort_task_state(task);

	task_begins(task);
	EXPECT(state->magic == 4711, "task %zu: the state is spoilt",
	       cohort_task_index(task));
	state->tasks++;
	if (failing_has(&failing, cohort_task_index(task))) {
		state->magic = -1;
		atomic_fetch_add(&here.shared->note, state->tasks);
		death->die();
	}
	return task_ends(task);
}

static void teardown(void *made)
{
	struct state *state = made;

	EXPECT(state->magic == 4711 && state->tasks == 0,
	       "the state has changed in the rank: %d tasks", state->tasks);
	torn_down++;
	free(state);
}

void case_clean_state(void)
{
	int magic = 4711;
	const cohort_job job = {.build = build,
	                        .execute = spoil,
	                        .teardown = teardown,
	                        .arg = &magic,
	                        .isolate = true};

	death = &task_deaths[3];
	failing = (struct failing){4, 1, death->words, 1};
	torn_down = 0;
	struct gathered gathered = sweep_run(job, 40);
	sweep_expect(&gathered, 40, &failing);
	EXPECT(torn_down == 1, "torn down %d times", torn_down);
}

static void take_all(int number)
{
	const int saved = errno;

	(void)number;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

/* A program that waits for every child, or ignores SIGCHLD. */
void case_program_waits(void)
{
	struct sigaction old;
	const struct sigaction all = {.sa_handler = take_all};
	const struct sigaction none = {.sa_handler = SIG_IGN};

	death = &task_deaths[4];
	sigaction(SIGCHLD, &none, &old);
	failing = (struct failing){12, 5, death->words, 1};
	crash(12, COHORT_DYNAMIC, 0);
	struct sigaction found;
	sigaction(SIGCHLD, &all, &found);
	EXPECT(found.sa_handler == SIG_IGN, "SIGCHLD is not ignored any more");
	/* It may not have been quick enough. */
	failing.words = "process";
	crash(12, COHORT_DYNAMIC, 0);
	sigaction(SIGCHLD, &old, NULL);
}

static void look_on(int number)
{
	(void)number;
}

/* A signal every millisecond, and nothing is restarted. */
void case_interrupted(void)
{
	const struct sigaction action = {.sa_handler = look_on};
	const struct itimerval often = {{0, 1000}, {0, 1000}};
	const struct itimerval never = {{0, 0}, {0, 0}};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	death = &task_deaths[4];
	seconds = 5e-3;
	for (int i = 0; i < 3; i++) {
		failing = (struct failing){12, 5, death->words, 1};
		crash(12, (cohort_schedule)(COHORT_STATIC + i), 0);
	}
	seconds = 0;
	setitimer(ITIMER_REAL, &never, NULL);
	signal(SIGALRM, SIG_DFL);
}

/* If there is no descriptor left for a pidfd, the child's end is polled. */
void case_no_descriptors(void)
{
	enum { MOST = 64 };
	struct rlimit old;
	int open_ones[MOST];
	int count = 0;

	if (!strcmp(cohort_backend(here.group), "mpi"))
		return; /* which may open one at any time */
	barrier();
	getrlimit(RLIMIT_NOFILE, &old);
	const struct rlimit few = {MOST, old.rlim_max};
	setrlimit(RLIMIT_NOFILE, &few);
	while (count < MOST && (open_ones[count] = dup(STDERR_FILENO)) >= 0)
		count++;
	EXPECT(count > 0 && count < MOST && errno == EMFILE, "%d", count);
	for (int i = 0; i < 3; i++) {
		death = &task_deaths[i];
		failing = (struct failing){12, 5, death->words, 1};
		crash(12, (cohort_schedule)(COHORT_STATIC + i), 0);
	}
	while (count > 0)
		close(open_ones[--count]);
	setrlimit(RLIMIT_NOFILE, &old);
}
