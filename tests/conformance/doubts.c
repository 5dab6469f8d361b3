/* cohort_task_doubt: failures that are held back are kept with their results when
 * nothing ends the job, whatever else waits for them. */
#define _POSIX_C_SOURCE 200809L
#include "parts.h"

#include <stdio.h>
#include <string.h>

enum { TASKS = 40 };

/* Every third task fails, and is in doubt. */
static int fail_some(cohort_task *task)
{
	const size_t index = cohort_task_index(task);

	cohort_task_keep_doubted(task);
	size_t *result = cohort_task_result(task, sizeof(*result));
	if (!result)
		return -1;
	*result = index + 1;
	cohort_task_keep_doubted(task);
	if (index % 3 != 0)
		return 0;
	cohort_task_fail(task, "task %zu", index);
	return cohort_task_doubt(task);
}

static void check_result(const cohort_result *result, size_t index)
{
	const size_t *data = result->data;
	char sentence[32] = "";

	if (index % 3 == 0)
		snprintf(sentence, sizeof(sentence), "task %zu", index);
	CHECK(result->index == index && result->attempts == 1,
	      "index %zu, attempts %d", result->index, result->attempts);
	CHECK(result->status == (index % 3 ? COHORT_OK : COHORT_ETASK),
	      "task %zu: %s", index, cohort_status_name(result->status));
	CHECK(!strcmp(sentence, result->error), "task %zu: '%s'", index,
	      result->error);
	CHECK(data && result->bytes == sizeof(*data) && *data == index + 1,
	      "result of task %zu", index);
}

static int count_results(void *arg, const cohort_result *result)
{
	size_t *next = arg;

	check_result(result, (*next)++);
	return 0;
}

static void checks_kept(const struct run *run, bool isolate,
                        cohort_schedule schedule)
{
	const cohort_job job = {
	    .execute = fail_some, .isolate = isolate, .schedule = schedule};
	cohort_results *results;
	cohort_counts counts;
	size_t count;

	check_case("doubted%s, schedule %d", isolate ? ", isolated" : "",
	           (int)schedule);
	MUST(cohort_scatter(run->group, &job, NULL, TASKS));
	MUST(cohort_gather(run->group, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	CHECK(count == TASKS, "%zu results", count);
	for (size_t i = 0; i < count; i++)
		check_result(&all[i], i);
	cohort_results_free(results);
	/* Over several machines each counts its own. */
	MUST(cohort_progress(run->group, &counts));
	CHECK(counts.failed <= (TASKS + 2) / 3 && counts.done <= TASKS,
	      "%zu failed of %zu done", counts.failed, counts.done);
}

/* Rank 0 waits for each result in turn, and others for room. */
static void checks_in_order(const struct run *run)
{
	size_t next = 0;
	const cohort_job job = {.execute = fail_some,
	                        .arg = &next,
	                        .on_result = count_results,
	                        .ordered = true,
	                        .discard = true};

	check_case("doubted, ordered and discarded");
	MUST(cohort_scatter(run->group, &job, NULL, TASKS));
	CHECK(run->rank != 0 || next == TASKS, "%zu results", next);
}

void part_doubts(const struct run *run)
{
	checks_kept(run, false, COHORT_STATIC);
	checks_kept(run, false, COHORT_DYNAMIC);
	checks_kept(run, true, COHORT_STATIC);
	checks_in_order(run);
}
