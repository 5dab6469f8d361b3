/*
 * The progress of sweeps: progress.sh checks the lines on stderr, and the program
 * itself checks cohort_progress.
 *
 *   progress CASE
 */
#define _GNU_SOURCE
#include "clock.h"
#include "cohort.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* PATIENCE_S detects a hang, and bounds nothing. */
enum { TASKS = 600, PATIENCE_S = 120, WRONG = 99 };

static cohort *group;
static int wrongs;

#define EXPECT(holds)                                                          \
	do {                                                                   \
		if (holds)                                                     \
			break;                                                 \
		wrongs++;                                                      \
		fprintf(stderr, "WRONG: rank %d: line %d: %s (%s)\n",          \
		        cohort_rank(group), __LINE__, #holds, cohort_error()); \
	} while (0)

static cohort_status sweep(int (*execute)(cohort_task *), size_t count)
{
	static const int params[TASKS];
	/* Every rank gets a share. */
	const cohort_job job = {.execute = execute,
	                        .param_bytes = sizeof(*params),
	                        .schedule = COHORT_STATIC};

	return cohort_scatter(group, &job, params, count);
}

/* Every tenth task fails. */
static int fail_tenth(cohort_task *task)
{
	return cohort_task_index(task) % 10 == 3
	           ? cohort_task_fail(task, "the tenth")
	           : 0;
}

static void expect_counts(size_t total, size_t failed)
{
	cohort_counts counts = {.total = 1};
	cohort_counts again;

	EXPECT(cohort_progress(group, &counts) == COHORT_OK);
	EXPECT(counts.total == total);
	EXPECT(counts.done == total);
	EXPECT(counts.failed == failed);
	EXPECT(counts.resumed == 0);
	EXPECT(counts.seconds >= 0 && counts.seconds < PATIENCE_S);
	EXPECT(cohort_progress(group, &again) == COHORT_OK);
	EXPECT(again.seconds == counts.seconds);
}

static void case_counts(void)
{
	cohort_counts counts = {.total = 1, .seconds = 1};
	cohort *other = NULL;
	cohort *first = group;

	EXPECT(cohort_progress(NULL, &counts) == COHORT_EINVAL);
	EXPECT(cohort_progress(group, NULL) == COHORT_EINVAL);
	EXPECT(cohort_progress(group, &counts) == COHORT_OK);
	EXPECT(!counts.total && !counts.done && counts.seconds == 0);
	EXPECT(sweep(fail_tenth, TASKS) == COHORT_OK);
	expect_counts(TASKS, TASKS / 10);
	/* Another group has figures of its own, in counters that both share. */
	EXPECT(cohort_open(NULL, &other) == COHORT_OK);
	group = other;
	EXPECT(sweep(fail_tenth, 100) == COHORT_OK);
	expect_counts(100, 10);
	group = first;
	expect_counts(TASKS, TASKS / 10);
	EXPECT(cohort_close(other) == COHORT_OK);
	for (size_t i = 0; i < 20; i++) {
		EXPECT(sweep(fail_tenth, i) == COHORT_OK);
		expect_counts(i, (i + 6) / 10);
	}
}

/* The tasks wait until another thread has seen the sweep's progress. */
static struct {
	atomic_bool began; /* a sweep that runs, and has done something */
	atomic_bool end;
} watcher;

static void *watch(void *unused)
{
	size_t last = 0;

	while (!atomic_load(&watcher.end)) {
		cohort_counts counts;
		EXPECT(cohort_progress(group, &counts) == COHORT_OK);
		EXPECT(counts.total == 0 || counts.total == TASKS);
		EXPECT(counts.done <= counts.total);
		EXPECT(counts.failed <= counts.done);
		EXPECT(counts.done >= last);
		last = counts.done;
		if (counts.done > 0 && counts.done < TASKS)
			atomic_store(&watcher.began, true);
	}
	return unused;
}

/* Every second task waits until its rank's watcher has seen the progress. */
static int wait_for_watcher(cohort_task *task)
{
	const double end = now() + PATIENCE_S;

	if (cohort_task_index(task) % 2 == 0)
		return 0;
	while (!atomic_load(&watcher.began))
		if (now() > end)
			return cohort_task_fail(task, "nothing was seen");
	return 0;
}

static void case_watched(void)
{
	pthread_t thread;

	EXPECT(pthread_create(&thread, NULL, watch, NULL) == 0);
	EXPECT(sweep(wait_for_watcher, TASKS) == COHORT_OK);
	atomic_store(&watcher.end, true);
	pthread_join(thread, NULL);
	EXPECT(atomic_load(&watcher.began));
	expect_counts(TASKS, 0);
}

/* As the tasks themselves see it. */
static int look_in_task(cohort_task *task)
{
	cohort_counts counts;

	if (cohort_progress(group, &counts) != COHORT_OK ||
	    counts.total != TASKS || counts.done >= TASKS)
		return cohort_task_fail(task, "wrong");
	return 0;
}

static void case_in_tasks(void)
{
	EXPECT(sweep(look_in_task, TASKS) == COHORT_OK);
	expect_counts(TASKS, 0);
}

/* Of one task, whose rank may be the first to begin: the others still have
 * what they did in the sweep before. */
static int look_first(cohort_task *task)
{
	cohort_counts counts;

	if (cohort_progress(group, &counts) != COHORT_OK || counts.done > 0)
		return cohort_task_fail(task, "counted before");
	return 0;
}

static void case_again(void)
{
	for (int i = 0; i < 200; i++) {
		EXPECT(sweep(fail_tenth, 50) == COHORT_OK);
		expect_counts(50, 5);
		EXPECT(sweep(look_first, 1) == COHORT_OK);
		expect_counts(1, 0);
	}
}

/* For the lines. */
static void case_short(void)
{
	EXPECT(sweep(fail_tenth, 20) == COHORT_OK);
	expect_counts(20, 2);
}

static int nap_in_task(cohort_task *task)
{
	nap(0.1);
	return fail_tenth(task);
}

static void case_slow(void)
{
	EXPECT(sweep(nap_in_task, 12) == COHORT_OK);
	expect_counts(12, 1);
}

static int nap_long(cohort_task *task)
{
	nap(cohort_task_index(task) == 1 ? 5.3 : 1e-3);
	return 0;
}

static void case_long(void)
{
	EXPECT(sweep(nap_long, 2) == COHORT_OK);
}

/* With children, which are forked while the thread draws. */
static int crash_tenth(cohort_task *task)
{
	if (cohort_task_index(task) % 10 == 3)
		abort();
	nap(1e-3);
	return 0;
}

static void case_crashes(void)
{
	EXPECT(sweep(crash_tenth, TASKS) == COHORT_OK);
	expect_counts(TASKS, TASKS / 10);
}

/* Each child is killed at some moment, mostly between a task's end and what is
 * done about it. */
static int arm_in_task(cohort_task *task)
{
	const struct itimerval soon = {.it_value.tv_usec = 500};
	static pid_t armed;

	(void)task;
	if (armed != getpid())
		setitimer(ITIMER_REAL, &soon, NULL);
	armed = getpid();
	return 0;
}

static void case_deaths(void)
{
	enum { MANY = 100000 };
	const cohort_job job = {
	    .execute = arm_in_task, .isolate = true, .retries = MANY};

	EXPECT(cohort_scatter(group, &job, NULL, MANY) == COHORT_OK);
	expect_counts(MANY, 0);
}

/* Each child is killed after its first task, when that is kept and what it has
 * printed is written. */
static ssize_t kill_in_write(void *unused, const char *text, size_t bytes)
{
	(void)unused;
	(void)text;
	raise(SIGKILL);
	return (ssize_t)bytes;
}

static int print_in_task(cohort_task *task)
{
	stdout = fopencookie(NULL, "w",
	                     (cookie_io_functions_t){.write = kill_in_write});
	return printf("%zu\n", cohort_task_index(task)) > 0 ? 0 : -1;
}

static void case_kills(void)
{
	const cohort_job job = {.execute = print_in_task, .isolate = true};

	EXPECT(cohort_scatter(group, &job, NULL, 50) == COHORT_OK);
	expect_counts(50, 0);
}

#define CASE(name) {#name, case_##name},
static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {CASE(counts) CASE(watched) CASE(in_tasks) CASE(again) CASE(short)
                 CASE(slow) CASE(long) CASE(crashes) CASE(deaths) CASE(kills)};

int main(int argc, char *argv[])
{
	bool found = false;

	if (argc < 2 || cohort_open(NULL, &group) != COHORT_OK)
		return WRONG;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (strcmp(cases[i].name, argv[1]))
			continue;
		found = true;
		cases[i].run();
	}
	EXPECT(found);
	EXPECT(cohort_close(group) == COHORT_OK);
	return wrongs ? WRONG : 0;
}
