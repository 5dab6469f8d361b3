/* Tasks in processes of their own: the results are the same, and changes that a task
 * makes to its process are not visible outside. */
#define _POSIX_C_SOURCE 200809L
#include "parts.h"
#include "schedules.h"
#include "work.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void checks_same(const struct run *run, cohort_schedule schedule,
                        size_t count)
{
	struct work work = {.seed = count,
	                    .count = count,
	                    .param_bytes = 8 * (count % 3),
	                    .failing = count % 2 == 1,
	                    .isolated = true};
	const cohort_job job = work_job(&work, schedule, count % 5);

	check_case("isolated sweep of %zu tasks, schedule %d", count,
	           (int)schedule);
	work_do(run, &work, &job);
	CHECK(work.executed == 0, "%zu executions in the rank itself",
	      work.executed);
}

/* The number modulo 6 decides how a task ends. */
enum ending { WELL, KILLED, LEAVES, LEAVES_WELL, FLAKY, FAILS, ENDINGS };

static int end_task(cohort_task *task)
{
	int *touched = cohort_task_state(task);
	const size_t index = cohort_task_index(task);
	const int attempt = cohort_task_attempt(task);

	(*touched)++;
	switch ((enum ending)(index % ENDINGS)) {
	case KILLED:
		cohort_task_result(task, 5000);
		raise(SIGKILL);
		break;
	case LEAVES:
		_exit(3);
	case LEAVES_WELL:
		exit(0);
	case FLAKY:
		if (attempt < 2)
			raise(SIGKILL);
		break;
	case FAILS:
		return cohort_task_fail(task, "no luck");
	case WELL:
	case ENDINGS:
		break;
	}
	memcpy(cohort_task_result(task, sizeof(index)), &index, sizeof(index));
	return 0;
}

static void check_ending(const cohort_result *result)
{
	static const struct {
		cohort_status status;
		int attempts;
		const char *word;
	} endings[] = {
	    [WELL] = {COHORT_OK, 1, ""},
	    [KILLED] = {COHORT_ETASK, 3, "signal 9"},
	    [LEAVES] = {COHORT_ETASK, 3, "status 3"},
	    [LEAVES_WELL] = {COHORT_ETASK, 3, "status 0"},
	    [FLAKY] = {COHORT_OK, 3, ""},
	    [FAILS] = {COHORT_ETASK, 1, "no luck"},
	};
	const size_t ending = result->index % ENDINGS;
	size_t index;

	CHECK(result->status == endings[ending].status, "task %zu: %s: %s",
	      result->index, cohort_status_name(result->status), result->error);
	CHECK(result->attempts == endings[ending].attempts,
	      "task %zu: %d attempts", result->index, result->attempts);
	CHECK(strstr(result->error, endings[ending].word) != NULL,
	      "task %zu: \"%s\"", result->index, result->error);
	if (result->status != COHORT_OK)
		return;
	CHECK(result->bytes == sizeof(index), "%zu bytes", result->bytes);
	memcpy(&index, result->data, sizeof(index));
	CHECK(index == result->index, "task %zu gave %zu", result->index,
	      index);
}

static void checks_endings(const struct run *run, size_t count)
{
	int touched = 0;
	const cohort_job job = {.execute = end_task,
	                        .arg = &touched,
	                        .isolate = true,
	                        .retries = 2};
	cohort_results *results;
	size_t found;

	check_case("%zu tasks that end in different ways", count);
	MUST(cohort_scatter(run->group, &job, NULL, count));
	CHECK(touched == 0, "the rank's own state was changed");
	MUST(cohort_gather(run->group, &results));
	const cohort_result *list = cohort_results_all(results, &found);
	CHECK(found == count, "%zu results", found);
	for (size_t i = 0; i < found; i++)
		check_ending(&list[i]);
	cohort_results_free(results);
}

void part_isolation(const struct run *run)
{
	static const size_t counts[] = {7, 401, 0, 1, 2, 100};
	const size_t some = run->quick ? 2 : sizeof(counts) / sizeof(*counts);

	for (int s = COHORT_SCHEDULE_DEFAULT; s < SCHEDULES_END; s++)
		for (size_t i = 0; i < some; i++)
			checks_same(run, (cohort_schedule)s, counts[i]);
	checks_endings(run, run->quick ? ENDINGS : 40);
}
