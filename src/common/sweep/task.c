#include "task.h"

#include "common/base/clock.h"
#include "seed.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

size_t cohort_task_index(const cohort_task *task)
{
	return task->index;
}

const void *cohort_task_param(const cohort_task *task)
{
	return sweep_param(task->sweep, task->index);
}

void *cohort_task_state(const cohort_task *task)
{
	return task->state;
}

uint64_t cohort_task_seed(const cohort_task *task)
{
	return seed_of_task(task->seed, task->index);
}

int cohort_task_attempt(const cohort_task *task)
{
	return task->attempt;
}

void *cohort_task_result(cohort_task *task, size_t bytes)
{
	void *memory = result_store_result(&task->sweep->store, bytes);

	task->no_memory = !memory && bytes > 0;
	task->wanted = bytes;
	return memory;
}

int cohort_task_fail(cohort_task *task, const char *format, ...)
{
	char sentence[FAILURE_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	memcpy(task->failure, sentence, sizeof(sentence));
	return -1;
}

/* The sentence of a task whose execute has returned; NULL if it went well. */
static const char *judge(cohort_task *task, int returned)
{
	if (task->no_memory)
		cohort_task_fail(task, "no memory for a result of %zu bytes",
		                 task->wanted);
	else if (returned == 0)
		return NULL;
	else if (!task->failure[0])
		cohort_task_fail(task, "execute returned %d", returned);
	return task->failure;
}

const char *task_run(cohort_task *task, int (*execute)(cohort_task *),
                     struct record *record)
{
	/* A result that the task before did not close is none of this one's. */
	result_store_result(&task->sweep->store, 0);
	task->no_memory = false;
	task->failure[0] = '\0';

	const double begin = clock_seconds();
	const char *failure = judge(task, execute(task));

	*record = (struct record){
	    .index = task->index,
	    .seconds = clock_seconds() - begin,
	    .status = failure ? COHORT_ETASK : COHORT_OK,
	    .attempts = task->attempt + 1,
	};
	return failure;
}
