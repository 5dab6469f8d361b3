#include "task.h"

#include "common/base/clock.h"
#include "common/base/plural.h"
#include "common/base/sentence.h"
#include "common/core/callback.h"
#include "deadline_stop.h"
#include "seed.h"
#include "sweep_stop.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

size_t cohort_task_index(const cohort_task *task)
{
	if (task->asked)
		asked_add(task->asked, JOURNAL_OF_INDEX);
	return task->index;
}

size_t cohort_task_position(const cohort_task *task)
{
	return task->index;
}

const void *cohort_task_param(const cohort_task *task)
{
	size_t bytes;

	return sweep_param(task->sweep, task->index, &bytes);
}

size_t cohort_task_param_bytes(const cohort_task *task)
{
	size_t bytes;

	sweep_param(task->sweep, task->index, &bytes);
	return bytes;
}

void *cohort_task_state(const cohort_task *task)
{
	return task->state;
}

uint64_t cohort_task_seed(const cohort_task *task)
{
	if (task->asked)
		asked_add(task->asked, JOURNAL_OF_INDEX | JOURNAL_OF_SEED);
	return seed_of_task(task->seed, task->index);
}

int cohort_task_attempt(const cohort_task *task)
{
	return task->attempt;
}

void *cohort_task_result(cohort_task *task, size_t bytes)
{
	/* Copies share the memory with the process that runs the task. */
	if (process_mark_is_other(&task->process)) {
		error_set(COHORT_ESTATE,
		          "cohort_task_result: called in a process that the "
		          "task has forked, which has no result: call it "
		          "before the fork, and send the bytes through a pipe");
		return NULL;
	}
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
	sentence_format(sentence, sizeof(sentence), format, args);
	va_end(args);
	/* An argument may have been task->failure itself. */
	memcpy(task->failure, sentence, strlen(sentence) + 1);
	return -1;
}

int cohort_task_fail_text(cohort_task *task, const char *sentence)
{
	return cohort_task_fail(task, "%s", sentence ? sentence : "");
}

/* What an attempt before, or the task before, left open. */
static void drop_result(cohort_task *task)
{
	result_store_drop(&task->sweep->store);
	task->no_memory = false;
	task->doubted = false;
	task->failure[0] = '\0';
}

int cohort_task_retry(cohort_task *task)
{
	const struct sweep_run *run = task->run;

	if (sweep_stop(run) ||
	    (run->has_deadline && deadline_stop_forbids(run)))
		return 0;
	drop_result(task);
	task->attempt++;
	task->begin = clock_ns();
	return 1;
}

int cohort_task_abandon(cohort_task *task)
{
	task->abandoned = true;
	return cohort_task_fail(task, "cohort_task_abandon was called, but "
	                              "nothing stops the sweep");
}

int cohort_task_doubt(cohort_task *task)
{
	task->doubted = true;
	return -1;
}

/* The sentence of a task whose execute has returned; NULL if it succeeded. */
static const char *task_failure(cohort_task *task, int returned)
{
	if (task->no_memory)
		cohort_task_fail(task, "no memory for a result of %zu byte%s",
		                 task->wanted, plural(task->wanted));
	else if (returned == 0)
		return NULL;
	else if (!task->failure[0])
		cohort_task_fail(task, "execute returned %d", returned);
	return task->failure;
}

static int call_execute(cohort_task *task, int (*execute)(cohort_task *))
{
	CALLBACK_GUARD callback = {"cohort_scatter: the job's execute",
	                           task->rank, false, process_mark_own()};
	const int returned = execute(task);

	callback_returned(&callback);
	return returned;
}

const char *task_run(cohort_task *task, int (*execute)(cohort_task *),
                     struct record *record)
{
	task->abandoned = false;
	task->process = process_mark_own();
	drop_result(task);

	const char *failure = task_failure(task, call_execute(task, execute));

	*record = (struct record){
	    .index = task->index,
	    .seconds = 1e-9 * (double)(clock_ns() - task->begin),
	    .status = failure ? COHORT_ETASK : COHORT_OK,
	    .attempts = task->attempt + 1,
	    .asked = task->asked ? (uint8_t)asked_flags(task->asked) : 0,
	};
	return failure;
}
