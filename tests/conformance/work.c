#include "work.h"

#include "pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t result_bytes(size_t index)
{
	static const size_t sizes[] = {8, 0, 1, 100, 17};

	return index % 37 == 36 ? (size_t)100 << 10 : sizes[index % 5];
}

enum failure { NONE, SPEAKING, SILENT, AFTER_RESULT };

static enum failure failure_of(const struct work *work, size_t index)
{
	return work->failing && index % 3 == 1
	           ? (enum failure)(1 + index % 4 % 3)
	           : NONE;
}

static void check_param(const struct work *work, const void *param,
                        size_t index)
{
	CHECK((param == NULL) == (work->param_bytes == 0), "param is %p",
	      param);
	if (work->param_bytes % _Alignof(max_align_t) == 0)
		CHECK((uintptr_t)param % _Alignof(max_align_t) == 0,
		      "param is at %p", param);
	pattern_check(param, index * work->param_bytes, work->param_bytes,
	              work->seed, "a task's parameters");
}

static void write_result(const struct work *work, cohort_task *task)
{
	const size_t index = cohort_task_index(task);
	const size_t bytes = result_bytes(index);

	/* A second result replaces the first. */
	if (index % 4 == 1)
		memset(cohort_task_result(task, 1000), 0x77, 1000);
	unsigned char *result = cohort_task_result(task, bytes);
	CHECK((result == NULL) == (bytes == 0), "%zu bytes are at %p", bytes,
	      (void *)result);
	CHECK((uintptr_t)result % _Alignof(max_align_t) == 0,
	      "a result is at %p", (void *)result);
	size_t zeros = 0;
	while (zeros < bytes && result[zeros] == 0)
		zeros++;
	CHECK(zeros == bytes, "byte %zu of a new result is not 0", zeros);
	pattern_fill(result, 0, bytes, work->seed + index + 1);
}

static int execute(cohort_task *task)
{
	struct work *work = cohort_task_state(task);
	const size_t index = cohort_task_index(task);

	work->executed++;
	CHECK(index < work->count, "task %zu of %zu", index, work->count);
	check_param(work, cohort_task_param(task), index);
	switch (failure_of(work, index)) {
	case SPEAKING:
		cohort_task_fail(task, "not this");
		return cohort_task_fail(task, "task %zu: %s", index, "no luck");
	case SILENT:
		return 42;
	case AFTER_RESULT:
		write_result(work, task);
		return cohort_task_fail(task, "task %zu: %s", index, "no luck");
	case NONE:
		break;
	}
	write_result(work, task);
	return 0;
}

cohort_job work_job(struct work *work, cohort_schedule schedule, size_t chunk)
{
	return (cohort_job){.execute = execute,
	                    .arg = work,
	                    .param_bytes = work->param_bytes,
	                    .schedule = schedule,
	                    .chunk = chunk,
	                    .isolate = work->isolated};
}

void work_scatter(const struct run *run, struct work *work,
                  const cohort_job *job)
{
	const size_t bytes = work->count * work->param_bytes;
	unsigned char *params = NULL;

	if (run->rank == 0 && bytes > 0) {
		params = check_alloc(bytes);
		pattern_fill(params, 0, bytes, work->seed);
	}
	work->executed = 0;
	MUST(cohort_scatter(run->group, job, params,
	                    run->rank == 0 ? work->count : 99));
	/* They were copied. */
	if (params)
		memset(params, 0, bytes);
	free(params);
}

static void check_data(const struct work *work, const cohort_result *result)
{
	const size_t index = result->index;

	CHECK(result->bytes == result_bytes(index), "task %zu: %zu bytes",
	      index, result->bytes);
	CHECK((result->data == NULL) == (result->bytes == 0),
	      "task %zu: %zu bytes at %p", index, result->bytes, result->data);
	CHECK((uintptr_t)result->data % _Alignof(max_align_t) == 0,
	      "task %zu: at %p", index, result->data);
	pattern_check(result->data, 0, result->bytes, work->seed + index + 1,
	              "a result");
}

static void check_failed(const struct work *work, const cohort_result *result)
{
	char sentence[64];

	snprintf(sentence, sizeof(sentence), "task %zu: no luck",
	         result->index);
	CHECK(result->status == COHORT_ETASK, "task %zu: %s", result->index,
	      cohort_status_name(result->status));
	if (failure_of(work, result->index) == AFTER_RESULT)
		check_data(work, result);
	else
		CHECK(!result->data && result->bytes == 0,
		      "task %zu has %zu bytes", result->index, result->bytes);
	if (failure_of(work, result->index) == SILENT)
		CHECK(strstr(result->error, "42") != NULL, "\"%s\"",
		      result->error);
	else
		CHECK(!strcmp(result->error, sentence), "\"%s\"",
		      result->error);
}

static void check_result(const struct run *run, const struct work *work,
                         const cohort_result *result)
{
	const size_t index = result->index;

	check_param(work, result->param, index);
	CHECK(result->param_bytes == work->param_bytes, "%zu bytes",
	      result->param_bytes);
	CHECK(result->rank >= 0 && result->rank < run->size, "rank %d",
	      result->rank);
	CHECK(result->attempts == 1, "%d attempts", result->attempts);
	CHECK(result->seconds >= 0 && result->seconds < 600, "%g seconds",
	      result->seconds);
	if (failure_of(work, index) != NONE) {
		check_failed(work, result);
		return;
	}
	CHECK(result->status == COHORT_OK, "task %zu: %s: %s", index,
	      cohort_status_name(result->status), result->error);
	CHECK(!strcmp(result->error, ""), "\"%s\"", result->error);
	check_data(work, result);
}

void work_check(const struct run *run, const struct work *work,
                const cohort_result *list, size_t n)
{
	CHECK(n <= work->count, "%zu results of %zu tasks", n, work->count);
	for (size_t i = 0; i < n; i++) {
		if (n == work->count)
			CHECK(list[i].index == i, "result %zu is of task %zu",
			      i, list[i].index);
		CHECK(i == 0 || list[i].index > list[i - 1].index,
		      "result %zu is of task %zu, after %zu", i, list[i].index,
		      i ? list[i - 1].index : 0);
		check_result(run, work, &list[i]);
	}
}

static void check_local(const struct run *run, const struct work *work,
                        const cohort_results *results)
{
	size_t count = 99;
	const cohort_result *list = cohort_results_local(results, &count);

	CHECK(work->isolated || count == work->executed,
	      "%zu local results, %zu tasks run", count, work->executed);
	for (size_t i = 0; i < count; i++)
		CHECK(list[i].rank == run->rank, "local %zu: rank %d", i,
		      list[i].rank);
	work_check(run, work, list, count);
}

void work_do(const struct run *run, struct work *work, const cohort_job *job)
{
	cohort_results *results = NULL;
	size_t count = 99;

	work_scatter(run, work, job);
	MUST(cohort_gather(run->group, &results));
	const cohort_result *list = cohort_results_all(results, &count);
	CHECK(count == work->count, "%zu results, not %zu", count, work->count);
	work_check(run, work, list, count);
	check_local(run, work, results);
	cohort_results_free(results);
}
