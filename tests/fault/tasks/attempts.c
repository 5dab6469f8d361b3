/* Retries, and workers that cannot begin. */
#define _GNU_SOURCE
#include "cases.h"
#include "sweep.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static struct fate fate;

static void expect_attempt(const cohort_task *task)
{
	const int began = here.board->began[cohort_task_index(task)];

	EXPECT(cohort_task_attempt(task) == began - 1, "attempt %d, begun %d",
	       cohort_task_attempt(task), began);
}

static int crash_always(cohort_task *task)
{
	task_begins(task);
	expect_attempt(task);
	if (fate_strikes(&fate, cohort_task_index(task)))
		_exit(12);
	return task_ends(task);
}

void case_retries(void)
{
	fate = (struct fate){5, 3, "status 12", 4};
	for (int s = COHORT_STATIC; s <= COHORT_GUIDED; s++) {
		struct harvest harvest =
		    sweep_run((cohort_job){.execute = crash_always,
		                           .isolate = true,
		                           .retries = 3,
		                           .schedule = (cohort_schedule)s},
		              25);
		sweep_expect(&harvest, 25, &fate);
	}
}

static int fail(cohort_task *task)
{
	task_begins(task);
	if (fate_strikes(&fate, cohort_task_index(task)))
		return cohort_task_fail(task, "no luck");
	return task_ends(task);
}

/* It has been done, so it is not done again. */
void case_failures_are_not_retried(void)
{
	fate = (struct fate){3, 1, "no luck", 1};
	struct harvest harvest = sweep_run(
	    (cohort_job){.execute = fail, .isolate = true, .retries = 3}, 20);
	sweep_expect(&harvest, 20, &fate);
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
	nap(60);
}

static void succeed_at_second(void (*how)(void), double timeout)
{
	const size_t count = 4 * (size_t)here.size;

	trouble = how;
	struct harvest harvest =
	    sweep_run((cohort_job){.execute = trouble_at_first,
	                           .isolate = true,
	                           .retries = 1,
	                           .timeout = timeout,
	                           .schedule = COHORT_STATIC},
	              count);
	for (size_t i = 0; i < harvest.count; i++) {
		const cohort_result *result = &harvest.all[i];
		const int attempts = i % 4 == 2 ? 2 : 1;
		EXPECT(result->status == COHORT_OK &&
		           result->attempts == attempts &&
		           here.board->began[i] == attempts,
		       "task %zu: %s after %d attempts, begun %d times", i,
		       cohort_status_name(result->status), result->attempts,
		       here.board->began[i]);
	}
	EXPECT(harvest.count == count, "%zu results", harvest.count);
	sweep_free(&harvest);
}

void case_second_attempt(void)
{
	succeed_at_second(shoot_itself, 0);
	succeed_at_second(sleep_long, 0.1);
}

static int failing_rank; /* -1: all */

static int build(void *arg, void **state)
{
	(void)arg;
	*state = NULL;
	return failing_rank < 0 || failing_rank == here.rank ? 3 : 0;
}

static void expect_ranks(struct harvest *harvest)
{
	for (size_t i = 0; i < harvest->count; i++)
		EXPECT(harvest->all[i].rank != failing_rank,
		       "task %zu was run by rank %d", i, failing_rank);
}

void case_builds_that_fail(void)
{
	static const struct fate none = {0};
	cohort_job job = {.build = build, .execute = task_plain};

	for (int i = 0; i < 6; i++) {
		job.isolate = i < 3;
		job.schedule = (cohort_schedule)(COHORT_STATIC + i % 3);
		failing_rank = i % here.size;
		if (here.size > 1) {
			struct harvest harvest = sweep_run(job, 20);
			expect_ranks(&harvest);
			sweep_expect(&harvest, 20, &none);
		}
		failing_rank = -1;
		cohort_status status = sweep_scatter(job, 20);
		EXPECT(status == COHORT_EINVAL &&
		           strstr(cohort_error(), "build"),
		       "%s: %s", cohort_status_name(status), cohort_error());
		EXPECT(here.board->done == 0, "%d tasks were run",
		       here.board->done);
	}
}
