/* job.deadline: what is not begun for it. Bounds are on the number of tasks, and
 * hold on a machine of any speed: it can only make a task longer. */
#define _POSIX_C_SOURCE 200809L
#include "parts.h"
#include "schedules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The tasks' state. */
struct slow {
	cohort *group;
	double seconds; /* that a task takes at least */
	size_t stop_at; /* this task stops the sweep; -1: none does */
};

#define NO_TASK ((size_t)-1)

static int take_time(cohort_task *task)
{
	const struct slow *slow = cohort_task_state(task);
	const size_t index = cohort_task_index(task);
	size_t *result = cohort_task_result(task, sizeof(*result));

	*result = index * index;
	if (index == slow->stop_at && cohort_stop(slow->group) != COHORT_OK)
		return cohort_task_fail(task, "%s", cohort_error());
	if (slow->seconds > 0)
		nap(slow->seconds);
	return 0;
}

static cohort_job job_of(struct slow *slow, double deadline)
{
	return (cohort_job){
	    .execute = take_time, .arg = slow, .deadline = deadline};
}

/* Every result is right, or was not run for the deadline. Returns the number of
 * tasks that were run. */
static size_t count_done(const struct run *run, size_t tasks)
{
	cohort_results *results;
	size_t count;
	size_t done = 0;

	MUST(cohort_gather(run->group, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	CHECK(count == tasks, "%zu", count);
	for (size_t i = 0; i < count; i++) {
		const cohort_result *r = &all[i];
		done += r->status == COHORT_OK;
		if (r->status == COHORT_OK)
			CHECK(*(const size_t *)r->data == i * i, "%zu", i);
		else
			CHECK(r->status == COHORT_ESTOPPED && r->rank == -1 &&
			          strstr(r->error, "job.deadline"),
			      "task %zu: %s, %s", i,
			      cohort_status_name(r->status), r->error);
	}
	cohort_results_free(results);
	return done;
}

static void check_late(const struct run *run, const cohort_job *job,
                       size_t tasks, size_t most)
{
	char words[64];

	CHECK_STATUS(COHORT_ESTOPPED,
	             cohort_scatter(run->group, job, NULL, tasks));
	CHECK_NAMES("job.deadline, of ");
	const cohort_status status = COHORT_ESTOPPED;
	char sentence[1024];
	snprintf(sentence, sizeof(sentence), "%s", cohort_error());
	const size_t done = count_done(run, tasks);
	CHECK(done <= most, "%zu tasks were run, not %zu at the most", done,
	      most);
	snprintf(words, sizeof(words), "no time for %zu of %zu task%s",
	         tasks - done, tasks, tasks == 1 ? "" : "s");
	CHECK(strstr(sentence, words), "%d: \"%s\" has no \"%s\"", (int)status,
	      sentence, words);
	CHECK(cohort_stop_signal(run->group) == 0, "%d",
	      cohort_stop_signal(run->group));
}

static void checks_far(const struct run *run)
{
	struct slow slow = {.stop_at = NO_TASK};
	cohort_job job = job_of(&slow, 1e9);
	const size_t tasks = 1000;

	check_case("a deadline that does not come");
	MUST(cohort_scatter(run->group, &job, NULL, tasks));
	CHECK(count_done(run, tasks) == tasks, "tasks are missing");
	job.deadline = 1e-9;
	check_case("a deadline that has come");
	check_late(run, &job, tasks, 0);
	MUST(cohort_scatter(run->group, &job, NULL, 0));
	job.deadline = 0;
	MUST(cohort_scatter(run->group, &job, NULL, tasks));
	CHECK(count_done(run, tasks) == tasks, "tasks are missing");
}

/* When the first task has ended, there is less time left than it took. So no rank
 * begins two. */
static void checks_one_each(const struct run *run, cohort_schedule schedule,
                            size_t chunk, bool isolate)
{
	struct slow slow = {.seconds = 0.2, .stop_at = NO_TASK};
	cohort_job job = job_of(&slow, 0.35);
	const size_t tasks = (size_t)run->size * 3;

	check_case("time for one task, schedule %d, chunk %zu%s", (int)schedule,
	           chunk, isolate ? ", isolated" : "");
	job.schedule = schedule;
	job.chunk = chunk;
	job.isolate = isolate;
	check_late(run, &job, tasks, (size_t)run->size);
}

/* Ranks that have nothing to do wait no longer than to the deadline, and a task
 * that ends behind it is done. */
static void checks_waiting(const struct run *run)
{
	struct slow slow = {.seconds = 0.3, .stop_at = NO_TASK};
	const cohort_job job = job_of(&slow, 0.15);

	check_case("one task, and ranks that wait");
	const cohort_status status = cohort_scatter(run->group, &job, NULL, 1);
	/* A slow machine may not have begun it in time. */
	CHECK(status == COHORT_OK || status == COHORT_ESTOPPED, "%s",
	      cohort_error());
	CHECK(count_done(run, 1) == (status == COHORT_OK), "%d", (int)status);
}

static int on_no_result(void *arg, const cohort_result *result)
{
	(void)arg;
	(void)result;
	return 0;
}

/* The tasks that the journal has took too long for the rest to begin. */
static void checks_journal(const struct run *run)
{
	struct slow slow = {.group = run->group, .seconds = 0.2, .stop_at = 0};
	cohort_job job = job_of(&slow, 0);
	const size_t tasks = (size_t)run->size * 50;
	char folder[64] = "";
	char command[96];
	cohort_counts counts;

	check_case("durations of a journal");
	if (run->rank == 0) {
		snprintf(folder, sizeof(folder), "/tmp/conformance.XXXXXX");
		CHECK(mkdtemp(folder) != NULL, "mkdtemp");
	}
	MUST(cohort_bcast(run->group, folder, sizeof(folder), COHORT_INT8, 0));
	job.journal = folder;
	CHECK_STATUS(COHORT_ESTOPPED,
	             cohort_scatter(run->group, &job, NULL, tasks));
	MUST(cohort_progress(run->group, &counts));
	slow.seconds = 0;
	slow.stop_at = NO_TASK;
	job.deadline = 0.1;
	CHECK_STATUS(COHORT_ESTOPPED,
	             cohort_scatter(run->group, &job, NULL, tasks));
	CHECK_NAMES("job.deadline, of 0.1 s, left no time for ");
	CHECK_NAMES("run the same command again");
	MUST(cohort_progress(run->group, &counts));
	CHECK(counts.resumed > 0 && counts.done == 0, "%zu resumed, %zu done",
	      counts.resumed, counts.done);
	job.on_result = on_no_result;
	job.discard = true;
	CHECK_STATUS(COHORT_ESTOPPED,
	             cohort_scatter(run->group, &job, NULL, tasks));
	MUST(cohort_progress(run->group, &counts));
	CHECK(counts.resumed > 0 && counts.done == 0, "%zu resumed, %zu done",
	      counts.resumed, counts.done);
	job.on_result = NULL;
	job.discard = false;
	job.deadline = 1e9;
	MUST(cohort_scatter(run->group, &job, NULL, tasks));
	CHECK(count_done(run, tasks) == tasks, "tasks are missing");
	snprintf(command, sizeof(command), "rm -r '%s'", folder);
	if (run->rank == 0)
		CHECK(system(command) == 0, "%s", command);
}

/* The second attempt would succeed. */
static int leave_at_first(cohort_task *task)
{
	const struct slow *slow = cohort_task_state(task);

	if (cohort_task_attempt(task) > 0)
		return 0;
	nap(slow->seconds);
	_exit(3);
}

/* Whether or not a slow machine begins the task in time. */
static void checks_retries(const struct run *run)
{
	struct slow slow = {.seconds = 0.2};
	cohort_job job = job_of(&slow, 0.1);
	cohort_results *results;
	size_t count;

	check_case("a deadline that comes in the first of several attempts");
	job.execute = leave_at_first;
	job.isolate = true;
	job.retries = 5;
	CHECK_STATUS(COHORT_ESTOPPED,
	             cohort_scatter(run->group, &job, NULL, 1));
	CHECK_NAMES("left no time for 1 of 1 task,");
	MUST(cohort_gather(run->group, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	CHECK(count == 1 && all->status == COHORT_ESTOPPED && all->rank == -1 &&
	          all->attempts == 0,
	      "%zu results, %s, rank %d, %d attempts", count,
	      cohort_status_name(all->status), all->rank, all->attempts);
	cohort_results_free(results);
	job.deadline = 0;
	slow.seconds = 0;
	MUST(cohort_scatter(run->group, &job, NULL, 1));
}

/* The second task of each rank fails, and would succeed if it began again. */
static int retry_second(cohort_task *task)
{
	const struct slow *slow = cohort_task_state(task);
	size_t *result = cohort_task_result(task, sizeof(*result));

	*result = 7;
	nap(slow->seconds);
	while (cohort_task_index(task) % 2 == 1 &&
	       cohort_task_attempt(task) < 2) {
		if (!cohort_task_retry(task))
			return cohort_task_abandon(task);
	}
	result = cohort_task_result(task, sizeof(*result));
	*result = cohort_task_index(task) * cohort_task_index(task);
	return 0;
}

/* A task that tries again by itself begins no attempt that would not end as the
 * slowest quarter did, although the deadline has not come. */
static void checks_own_retries(const struct run *run)
{
	struct slow slow = {.seconds = 0.1};
	cohort_job job = job_of(&slow, 0.25);
	const size_t tasks = (size_t)run->size * 2;
	cohort_results *results;
	size_t count;

	check_case("a deadline and tasks that try again by themselves");
	job.execute = retry_second;
	job.schedule = COHORT_STATIC;
	check_late(run, &job, tasks, (size_t)run->size);
	job.deadline = 0;
	slow.seconds = 0;
	MUST(cohort_scatter(run->group, &job, NULL, tasks));
	CHECK(count_done(run, tasks) == tasks, "tasks are missing");
	MUST(cohort_gather(run->group, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		CHECK(all[i].attempts == (i % 2 == 1 ? 3 : 1), "%d",
		      all[i].attempts);
	cohort_results_free(results);
}

static void checks_bad(const struct run *run)
{
	static const double bad[] = {-1, -0.25, INFINITY, -INFINITY, NAN};
	struct slow slow = {.stop_at = NO_TASK};
	cohort_job job = job_of(&slow, 0);

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		check_case("a deadline of %g", bad[i]);
		job.deadline = bad[i];
		CHECK_STATUS(COHORT_EINVAL,
		             cohort_scatter(run->group, &job, NULL, 10));
		CHECK_NAMES("job.deadline is");
	}
}

void part_deadlines(const struct run *run)
{
	checks_bad(run);
	checks_far(run);
	for (size_t i = COHORT_STATIC; i < SCHEDULES_END; i++)
		checks_one_each(run, (cohort_schedule)i, i - 1, false);
	checks_one_each(run, COHORT_DYNAMIC, 0, true);
	checks_waiting(run);
	checks_retries(run);
	checks_own_retries(run);
	checks_journal(run);
}
