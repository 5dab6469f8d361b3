/*
 * A journal is read while its sweep writes it, from inside the tasks and by
 * every rank, and gives what cohort_gather gives.
 */
#define _GNU_SOURCE
#include "parts.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TASKS_FIRST = 40, TASKS_ALL = 55, READS_EACH = 7, FAILS_EACH = 5 };

/* A sweep; the state of its tasks. */
struct reading {
	const struct run *run;
	char folder[64];
	char journal[80];
	bool isolated;
};

/* Tasks of this journal that this process has finished. */
static size_t finished;

static size_t words_of(size_t index)
{
	return index % 4;
}

static uint64_t word_of(size_t index, size_t i)
{
	return index * 1000 + i;
}

/* Whether the result is that of its task. */
static bool is_right(const cohort_result *result)
{
	const size_t words = words_of(result->index);
	const uint64_t *data = result->data;
	char sentence[32];

	if (result->index >= TASKS_ALL || result->param)
		return false;
	if (result->index % FAILS_EACH == 3) {
		snprintf(sentence, sizeof(sentence), "task %zu fails",
		         result->index);
		return result->status == COHORT_ETASK && !data &&
		       result->bytes == 0 && !strcmp(result->error, sentence);
	}
	for (size_t i = 0; i < words; i++)
		if (data[i] != word_of(result->index, i))
			return false;
	return result->status == COHORT_OK && !*result->error &&
	       result->bytes == words * sizeof(*data) && (words > 0 || !data);
}

/* Read to the present end. *mine receives how many results are of this rank.
 * NULL, or what is wrong. */
static const char *read_to_end(const char *path, int rank, size_t *mine)
{
	cohort_journal *journal;
	cohort_result result;
	const char *wrong = NULL;
	bool end = false;

	*mine = 0;
	if (cohort_journal_open(path, &journal) != COHORT_OK)
		return cohort_error();
	while (!wrong) {
		if (cohort_journal_next(journal, &result, &end) != COHORT_OK)
			wrong = cohort_error();
		else if (end)
			break;
		else if (!is_right(&result))
			wrong = "a result is not that of its task";
		else
			*mine += result.rank == rank;
	}
	cohort_journal_close(journal);
	return wrong;
}

static int execute(cohort_task *task)
{
	const struct reading *reading = cohort_task_state(task);
	const size_t index = cohort_task_index(task);
	const size_t words = words_of(index);
	size_t mine;

	if (index % READS_EACH == 0) {
		const char *wrong =
		    read_to_end(reading->journal, reading->run->rank, &mine);
		if (wrong)
			return cohort_task_fail(task, "%s", wrong);
		if (mine < finished)
			return cohort_task_fail(
			    task, "%zu results, %zu tasks are finished", mine,
			    finished);
	}
	finished++;
	if (index % FAILS_EACH == 3)
		return cohort_task_fail(task, "task %zu fails", index);
	uint64_t *data = cohort_task_result(task, words * sizeof(*data));
	for (size_t i = 0; i < words; i++)
		data[i] = word_of(index, i);
	return 0;
}

static void sweep_tasks(struct reading *reading, size_t count)
{
	const cohort_job job = {
	    .execute = execute,
	    .arg = reading,
	    .journal = reading->journal,
	    .isolate = reading->isolated,
	};

	MUST(cohort_scatter(reading->run->group, &job, NULL, count));
}

/* What was written since the last call is what is gathered, from `first` on. */
static void compare(const struct run *run, cohort_journal *journal,
                    size_t first)
{
	cohort_results *results;
	cohort_result result;
	size_t count;
	size_t given = 0;
	bool end;

	MUST(cohort_gather(run->group, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	for (;; given++) {
		MUST(cohort_journal_next(journal, &result, &end));
		if (end)
			break;
		CHECK(result.index >= first && result.index < count &&
		          is_right(&result),
		      "task %zu: %s", result.index, result.error);
		const cohort_result *other = &all[result.index];
		CHECK(result.rank == other->rank &&
		          result.status == other->status &&
		          result.bytes == other->bytes &&
		          result.attempts == other->attempts &&
		          !memcmp(&result.seconds, &other->seconds,
		                  sizeof(double)),
		      "task %zu", result.index);
	}
	CHECK(given == count - first, "%zu results, not %zu", given,
	      count - first);
	cohort_results_free(results);
}

static void checks_reading(const struct run *run, bool isolated)
{
	struct reading reading = {.run = run, .isolated = isolated};
	cohort_journal *journal;
	char command[96];

	check_case("a journal is read%s", isolated ? ", isolated tasks" : "");
	if (run->rank == 0) {
		snprintf(reading.folder, sizeof(reading.folder),
		         "/tmp/conformance.XXXXXX");
		CHECK(mkdtemp(reading.folder) != NULL, "mkdtemp");
	}
	MUST(cohort_bcast(run->group, reading.folder, sizeof(reading.folder),
	                  COHORT_INT8, 0));
	snprintf(reading.journal, sizeof(reading.journal), "%s/journal",
	         reading.folder);
	finished = 0;
	CHECK_STATUS(COHORT_EINVAL,
	             cohort_journal_open(reading.journal, &journal));
	CHECK_NAMES("there is no journal at");
	MUST(cohort_barrier(run->group));
	sweep_tasks(&reading, TASKS_FIRST);
	MUST(cohort_journal_open(reading.journal, &journal));
	compare(run, journal, 0);
	MUST(cohort_barrier(run->group));
	sweep_tasks(&reading, TASKS_ALL);
	compare(run, journal, TASKS_FIRST);
	cohort_journal_close(journal);
	MUST(cohort_barrier(run->group));
	snprintf(command, sizeof(command), "rm -r '%s'", reading.folder);
	if (run->rank == 0)
		CHECK(system(command) == 0, "%s", command);
}

void part_readings(const struct run *run)
{
	checks_reading(run, false);
	if (!run->quick)
		checks_reading(run, true);
}
