#include "sweep.h"

#include "schedules.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static uint64_t param_of(size_t index)
{
	return (index + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

static size_t bytes_of(size_t index)
{
	return 1 + index * 7 % 300;
}

static unsigned char byte_of(uint64_t param, size_t i)
{
	return (unsigned char)(param >> i % 8 * 8 ^ i * 31);
}

void task_begins(const cohort_task *task)
{
	const int64_t clock = (int64_t)(1e9 * now());
	const int64_t died =
	    atomic_exchange(&here.shared->ranks[here.rank].died, 0);
	int64_t slowest = atomic_load(&here.shared->slowest);

	atomic_fetch_add(&here.shared->began[cohort_task_index(task)], 1);
	while (died && clock - died > slowest &&
	       !atomic_compare_exchange_weak(&here.shared->slowest, &slowest,
	                                     clock - died))
		;
}

/* The handlers of Open MPI and of the sanitizers would print a long report. */
static void be_quiet(void)
{
	static const int signals[] = {SIGSEGV, SIGABRT, SIGFPE, SIGBUS};

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], SIG_DFL);
}

void task_dies(void)
{
	be_quiet();
	atomic_store(&here.shared->ranks[here.rank].died,
	             (int64_t)(1e9 * now()));
}

int task_ends(cohort_task *task)
{
	const size_t bytes = bytes_of(cohort_task_index(task));
	unsigned char *result = cohort_task_result(task, bytes);
	uint64_t param;

	if (!result)
		return -1;
	memcpy(&param, cohort_task_param(task), sizeof(param));
	for (size_t i = 0; i < bytes; i++)
		result[i] = byte_of(param, i);
	atomic_fetch_add(&here.shared->done, 1);
	return 0;
}

int task_plain(cohort_task *task)
{
	task_begins(task);
	return task_ends(task);
}

const uint64_t *sweep_params(void)
{
	static uint64_t params[TASKS_MOST];

	for (size_t i = 0; i < TASKS_MOST; i++)
		params[i] = param_of(i);
	return params;
}

cohort_status sweep_scatter(cohort_job job, size_t count)
{
	barrier();
	if (here.rank == 0)
		memset(here.shared, 0, sizeof(*here.shared));
	barrier();
	job.param_bytes = sizeof(uint64_t);
	cohort_status status =
	    cohort_scatter(here.group, &job, sweep_params(), count);
	barrier();
	return status;
}

struct gathered sweep_gather(void)
{
	struct gathered gathered;

	MUST(cohort_gather(here.group, &gathered.results));
	gathered.all = cohort_results_all(gathered.results, &gathered.count);
	return gathered;
}

struct gathered sweep_run(cohort_job job, size_t count)
{
	MUST(sweep_scatter(job, count));
	return sweep_gather();
}

void sweep_free(struct gathered *gathered)
{
	cohort_results_free(gathered->results);
	*gathered = (struct gathered){0};
}

bool failing_has(const struct failing *failing, size_t index)
{
	return failing->every > 0 && index % failing->every == failing->rest;
}

static void expect_failed(const cohort_result *result,
                          const struct failing *failing)
{
	EXPECT(result->status == COHORT_ETASK &&
	           strstr(result->error, failing->words),
	       "task %zu: %s: \"%s\" has no \"%s\"", result->index,
	       cohort_status_name(result->status), result->error,
	       failing->words);
	EXPECT(!result->data && result->bytes == 0, "task %zu has %zu bytes",
	       result->index, result->bytes);
	EXPECT(result->attempts == failing->attempts, "task %zu: %d attempts",
	       result->index, result->attempts);
}

static void expect_right(const cohort_result *result)
{
	const unsigned char *data = result->data;
	const size_t bytes = bytes_of(result->index);

	EXPECT(result->attempts == 1, "task %zu: %d attempts", result->index,
	       result->attempts);
	if (!EXPECT(result->status == COHORT_OK && result->bytes == bytes,
	            "task %zu: %s: \"%s\", %zu bytes instead of %zu",
	            result->index, cohort_status_name(result->status),
	            result->error, result->bytes, bytes))
		return;
	size_t i = 0;
	while (i < bytes && data[i] == byte_of(param_of(result->index), i))
		i++;
	EXPECT(i == bytes, "task %zu: byte %zu is wrong", result->index, i);
}

void sweep_expect_result(const struct gathered *gathered, size_t i,
                         const struct failing *failing)
{
	const cohort_result *result = &gathered->all[i];
	const int began = atomic_load(&here.shared->began[i]);
	const bool fails = failing_has(failing, i);

	EXPECT(result->index == i, "result %zu is task %zu's", i,
	       result->index);
	EXPECT(result->rank >= 0 && result->rank < here.size,
	       "task %zu: rank %d", i, result->rank);
	EXPECT(began == (fails ? failing->attempts : 1),
	       "task %zu was begun %d times", i, began);
	if (fails)
		expect_failed(result, failing);
	else
		expect_right(result);
}

void sweep_expect(struct gathered *gathered, size_t count,
                  const struct failing *failing)
{
	EXPECT(gathered->count == count, "%zu results of %zu", gathered->count,
	       count);
	for (size_t i = 0; i < gathered->count; i++)
		sweep_expect_result(gathered, i, failing);
	sweep_free(gathered);
}

void sweep_plain(void)
{
	static const struct failing none = {0};
	static int turn;
	const int schedule = COHORT_STATIC + turn++ % SCHEDULES_NAMED;
	struct gathered gathered =
	    sweep_run((cohort_job){.execute = task_plain,
	                           .schedule = (cohort_schedule)schedule},
	              10);

	sweep_expect(&gathered, 10, &none);
}
