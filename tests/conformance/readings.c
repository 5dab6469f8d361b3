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

/* A folder that all ranks know. */
static void make_folder(struct reading *reading)
{
	const struct run *run = reading->run;

	if (run->rank == 0) {
		snprintf(reading->folder, sizeof(reading->folder),
		         "/tmp/conformance.XXXXXX");
		CHECK(mkdtemp(reading->folder) != NULL, "mkdtemp");
	}
	MUST(cohort_bcast(run->group, reading->folder, sizeof(reading->folder),
	                  COHORT_INT8, 0));
	snprintf(reading->journal, sizeof(reading->journal), "%s/journal",
	         reading->folder);
}

static void remove_folder(const struct reading *reading)
{
	char command[96];

	MUST(cohort_barrier(reading->run->group));
	snprintf(command, sizeof(command), "rm -r '%s'", reading->folder);
	if (reading->run->rank == 0)
		CHECK(system(command) == 0, "%s", command);
}

static void checks_reading(const struct run *run, bool isolated)
{
	struct reading reading = {.run = run, .isolated = isolated};
	cohort_journal *journal;

	check_case("a journal is read%s", isolated ? ", isolated tasks" : "");
	make_folder(&reading);
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
	remove_folder(&reading);
}

/* Parameter sets of three runs with one journal: one is prepended, then one is
 * removed and one occurs twice. */
static const struct moved {
	uint64_t sets[4];
	size_t count;
	bool rerun_failed;
} moved[] = {
    {{1, 2, 3}, 3, false},
    {{0, 1, 2, 3}, 4, false},
    {{3, 0, 3, 1}, 4, true},
};

enum { MOVED_RUNS = sizeof(moved) / sizeof(*moved), MOVED_FAILS = 2 };

/* Set 1 fails in the first run. The result is the set and the run. */
static int execute_moved(cohort_task *task)
{
	const size_t *run = cohort_task_state(task);
	const uint64_t set = *(const uint64_t *)cohort_task_param(task);
	uint64_t *data = cohort_task_result(task, 2 * sizeof(*data));

	data[0] = set;
	data[1] = *run;
	return set == 1 && *run == 1 ? cohort_task_fail(task, "no") : 0;
}

/* Where each set's results are: by run, and in it by index + 1. */
static void read_moved(const char *path, size_t found[4][MOVED_RUNS + 1])
{
	cohort_journal *journal;
	cohort_result result;
	cohort_record record;
	bool end;

	MUST(cohort_journal_open(path, &journal));
	CHECK_STATUS(COHORT_ESTATE, cohort_journal_record(journal, &record));
	while (MUST(cohort_journal_next(journal, &result, &end)), !end) {
		const uint64_t *data = result.data;
		uint64_t digest[2];
		MUST(cohort_journal_record(journal, &record));
		CHECK(data && data[0] < 4 && data[1] == record.run &&
		          record.run <= MOVED_RUNS && !record.of_index &&
		          !record.of_seed && record.seed == 7 &&
		          record.count == moved[record.run - 1].count &&
		          record.rerun == moved[record.run - 1].rerun_failed,
		      "run %u, index %zu", record.run, result.index);
		cohort_param_digest(data, sizeof(*data), digest);
		CHECK(!memcmp(digest, record.digest, sizeof(digest)),
		      "run %u, index %zu", record.run, result.index);
		found[data[0]][record.run] = result.index + 1;
	}
	CHECK_STATUS(COHORT_ESTATE, cohort_journal_record(journal, &record));
	cohort_journal_close(journal);
}

/* What a reader learns of results whose sets have moved. */
static void checks_moved(const struct run *run)
{
	static const size_t expected[4][MOVED_RUNS + 1] = {
	    {0, 0, 1, 0},
	    {0, 1, 0, 4}, /* run again: it has failed */
	    {0, 2, 0, 0},
	    {0, 3, 0, 1}, /* one more, in front; the other is where it was */
	};
	struct reading reading = {.run = run};
	size_t found[4][MOVED_RUNS + 1] = {0};
	size_t number;
	cohort_job job = {
	    .execute = execute_moved,
	    .arg = &number,
	    .journal = reading.journal,
	    .param_bytes = sizeof(moved->sets[0]),
	    .seed = 7,
	};

	check_case("parameter sets move between the runs of a journal");
	make_folder(&reading);
	for (number = 1; number <= MOVED_RUNS; number++) {
		job.rerun_failed = moved[number - 1].rerun_failed;
		MUST(cohort_scatter(run->group, &job, moved[number - 1].sets,
		                    moved[number - 1].count));
	}
	read_moved(reading.journal, found);
	for (size_t set = 0; set < 4; set++)
		for (size_t i = 1; i <= MOVED_RUNS; i++)
			CHECK(found[set][i] == expected[set][i],
			      "set %zu, run %zu: %zu", set, i, found[set][i]);
	remove_folder(&reading);
}

void part_readings(const struct run *run)
{
	checks_moved(run);
	checks_reading(run, false);
	if (!run->quick || run->size == 3)
		checks_reading(run, true);
}
