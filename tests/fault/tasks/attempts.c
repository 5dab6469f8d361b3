/* Retries, and workers that cannot begin. */
#define _GNU_SOURCE
#include "cases.h"
#include "schedules.h"
#include "sweep.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

static struct failing failing;

static void expect_attempt(const cohort_task *task)
{
	const int began = here.shared->began[cohort_task_index(task)];

	EXPECT(cohort_task_attempt(task) == began - 1, "attempt %d, begun %d",
	       cohort_task_attempt(task), began);
}

static int crash_always(cohort_task *task)
{
	task_begins(task);
	expect_attempt(task);
	if (failing_has(&failing, cohort_task_index(task)))
		_exit(12);
	return task_ends(task);
}

void case_retries(void)
{
	/* Under COHORT_ISOLATE=1 the job need not ask for it. */
	const bool isolate = !getenv("COHORT_ISOLATE");

	failing = (struct failing){5, 3, "status 12", 4};
	for (int s = COHORT_STATIC; s < SCHEDULES_END; s++) {
		struct gathered gathered =
		    sweep_run((cohort_job){.execute = crash_always,
		                           .isolate = isolate,
		                           .retries = 3,
		                           .schedule = (cohort_schedule)s},
		              25);
		sweep_expect(&gathered, 25, &failing);
	}
}

static int fail(cohort_task *task)
{
	task_begins(task);
	if (failing_has(&failing, cohort_task_index(task)))
		return cohort_task_fail(task, "no luck");
	return task_ends(task);
}

/* A task that has returned is not tried again. */
void case_failures_are_not_retried(void)
{
	failing = (struct failing){3, 1, "no luck", 1};
	struct gathered gathered = sweep_run(
	    (cohort_job){.execute = fail, .isolate = true, .retries = 3}, 20);
	sweep_expect(&gathered, 20, &failing);
}

static void (*trouble)(void);

static int trouble_at_first(cohort_task *task)
{
	task_begins(task);
	expect_attempt(task);
	if (cohort_task_index(task) % 4 == 2 && cohort_task_attempt(task) == 0)
		trouble();
	return task_ends(task);
}

static void shoot_itself(void)
{
	raise(SIGKILL);
}

static void sleep_long(void)
{
	nap(600);
}

static void succeed_at_second(void (*how)(void), double timeout)
{
	const size_t count = 4 * (size_t)here.size;

	trouble = how;
	struct gathered gathered =
	    sweep_run((cohort_job){.execute = trouble_at_first,
	                           .isolate = true,
	                           .retries = 1,
	                           .timeout = timeout,
	                           .schedule = COHORT_STATIC},
	              count);
	for (size_t i = 0; i < gathered.count; i++) {
		const cohort_result *result = &gathered.all[i];
		const int attempts = i % 4 == 2 ? 2 : 1;
		EXPECT(result->status == COHORT_OK &&
		           result->attempts == attempts &&
		           here.shared->began[i] == attempts,
		       "task %zu: %s after %d attempts, begun %d times", i,
		       cohort_status_name(result->status), result->attempts,
		       here.shared->began[i]);
	}
	EXPECT(gathered.count == count, "%zu results", gathered.count);
	sweep_free(&gathered);
}

void case_second_attempt(void)
{
	succeed_at_second(shoot_itself, 0);
	succeed_at_second(sleep_long, 0.2 * agreed_pace());
}

static int failing_rank; /* -1: all */

static int build(void *arg, void **state)
{
	(void)arg;
	*state = NULL;
	return failing_rank < 0 || failing_rank == here.rank ? 3 : 0;
}

static void expect_ranks(struct gathered *gathered)
{
	for (size_t i = 0; i < gathered->count; i++)
		EXPECT(gathered->all[i].rank != failing_rank,
		       "task %zu was run by rank %d", i, failing_rank);
}

void case_builds_that_fail(void)
{
	static const struct failing none = {0};
	cohort_job job = {.build = build, .execute = task_plain};

	for (int i = 0; i < 6; i++) {
		job.isolate = i < 3;
		job.schedule = (cohort_schedule)(COHORT_STATIC + i % 3);
		failing_rank = i % here.size;
		if (here.size > 1) {
			struct gathered gathered = sweep_run(job, 20);
			expect_ranks(&gathered);
			sweep_expect(&gathered, 20, &none);
		}
		failing_rank = -1;
		cohort_status status = sweep_scatter(job, 20);
		EXPECT(status == COHORT_EBUILD &&
		           strstr(cohort_error(), "build"),
		       "%s: %s", cohort_status_name(status), cohort_error());
		EXPECT(here.shared->done == 0, "%d tasks were run",
		       here.shared->done);
	}
}

/* The results of tasks that were not run because the sweep failed. */
static void expect_unfinished(cohort_status status, const char *words)
{
	struct gathered gathered = sweep_gather();
	size_t missing = 0;

	for (size_t i = 0; i < gathered.count; i++) {
		const cohort_result *result = &gathered.all[i];
		if (result->status == COHORT_OK)
			continue;
		missing++;
		EXPECT(result->status == status && result->rank == -1 &&
		           result->attempts == 0 &&
		           strstr(result->error, words),
		       "task %zu: rank %d, %d attempts, %s: %s", i,
		       result->rank, result->attempts,
		       cohort_status_name(result->status), result->error);
	}
	EXPECT(missing > 0, "all tasks were run");
	sweep_free(&gathered);
}

static bool doomed; /* children are killed as soon as they are forked */

static void end_at_once(void)
{
	if (doomed)
		_exit(1);
}

/* It fails on the last rank only, and all ranks return its status. */
void case_children_die_at_once(void)
{
	static bool registered;

	if (!registered)
		pthread_atfork(NULL, NULL, end_at_once);
	registered = true;
	barrier();
	doomed = here.rank == here.size - 1;
	cohort_status status =
	    sweep_scatter((cohort_job){.execute = task_plain,
	                               .isolate = true,
	                               .schedule = COHORT_STATIC},
	                  20);
	doomed = false;
	EXPECT(status == COHORT_ESYS && strstr(cohort_error(), "children"),
	       "%s: %s", cohort_status_name(status), cohort_error());
	expect_unfinished(COHORT_ESYS, "children");
}

/* The limit of processes does not hold for root. */
static void limit_processes(rlim_t most)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NPROC, &limit);
	limit.rlim_cur = most == RLIM_INFINITY ? limit.rlim_max : most;
	setrlimit(RLIMIT_NPROC, &limit);
}

static void on_alarm(int number)
{
	(void)number;
	limit_processes(RLIM_INFINITY);
}

void case_no_fork_for_a_while(void)
{
	static const struct failing none = {0};
	const struct itimerval time = {.it_value = {0, 250000}};

	if (geteuid() == 0)
		return;
	barrier();
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &time, NULL);
	limit_processes(0);
	struct gathered gathered =
	    sweep_run((cohort_job){.execute = task_plain, .isolate = true}, 20);
	limit_processes(RLIM_INFINITY);
	sweep_expect(&gathered, 20, &none);
	signal(SIGALRM, SIG_DFL);
}

void case_no_fork(void)
{
	if (geteuid() == 0 || SANITIZED)
		return;
	const double begin = now();
	limit_processes(0);
	cohort_status status = sweep_scatter(
	    (cohort_job){.execute = task_plain, .isolate = true}, 20);
	limit_processes(RLIM_INFINITY);
	EXPECT(status == COHORT_ESYS && strstr(cohort_error(), "fork"),
	       "%s: %s", cohort_status_name(status), cohort_error());
	EXPECT_WITHIN(now() - begin, 20, "%s", "without forks");
	expect_unfinished(COHORT_ESYS, "fork");
}
