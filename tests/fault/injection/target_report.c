#include "target_report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct verdict *verdict;
struct rank_verdict *mine;
bool crashes;

void wrong(const char *format, ...)
{
	va_list args;

	if (*mine->wrong)
		return;
	va_start(args, format);
	vsnprintf(mine->wrong, sizeof(mine->wrong), format, args);
	va_end(args);
}

void failed(const char *call, cohort_status status, const char *sentence)
{
	struct failure *failure = &mine->failures[mine->count];

	if (mine->count == FAILURES_MOST)
		return;
	failure->status = status;
	snprintf(failure->call, sizeof(failure->call), "%s", call);
	snprintf(failure->sentence, sizeof(failure->sentence), "%s", sentence);
	mine->count++;
}

void report_unopened(pid_t caller, cohort_status status)
{
	mine = &verdict->ranks[getpid() == caller ? 0 : RANKS_MOST - 1];
	failed("open", status, cohort_error());
	mine->finished = 1;
}

/* Whether the call succeeded. */
bool ok(const char *call, cohort_status status)
{
	if (status != COHORT_OK)
		failed(call, status, cohort_error());
	return status == COHORT_OK;
}

/* Word i of rank r, or of the whole, is a function of both. */
int64_t word(int rank, size_t i)
{
	return 1000003 * (int64_t)(rank + 1) + 7 * (int64_t)i;
}

void check_words(const char *call, const int64_t words[], int rank,
                 size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (words[i] != word(rank, i)) {
			wrong("%s: word %zu of rank %d", call, i, rank);
			return;
		}
}

void fill(int64_t words[], int rank, size_t count)
{
	for (size_t i = 0; i < count; i++)
		words[i] = word(rank, i);
}

int execute(cohort_task *task)
{
	const size_t index = cohort_task_index(task);
	const size_t count = 1 + index * 100;
	int64_t *result = cohort_task_result(task, count * sizeof(*result));

	if (!result)
		return -1;
	if (index == CRASHING_TASK && crashes && cohort_task_attempt(task) == 0)
		_exit(5);
	if (index == FAILING_TASK)
		return cohort_task_fail(task, "not %zu", index);
	fill(result, *(const int *)cohort_task_param(task), count);
	return 0;
}

void check_result(const cohort_result *result, size_t index)
{
	if (result->index != index)
		wrong("result %zu has index %zu", index, result->index);
	else if (index == FAILING_TASK && result->status == COHORT_ETASK &&
	         !strcmp(result->error, "not 3"))
		;
	else if (result->status != COHORT_OK)
		failed("result", result->status, result->error);
	else if (index == FAILING_TASK ||
	         result->bytes != (1 + index * 100) * sizeof(int64_t))
		wrong("result %zu has %zu bytes", index, result->bytes);
	else
		check_words("result", result->data, (int)index,
		            1 + index * 100);
}
