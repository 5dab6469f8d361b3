/*
 * A journal knows tasks by the contents of their parameter sets. Each task
 * writes down in which run it ran, so the results show which tasks a run took
 * from the journal.
 */
#define _GNU_SOURCE
#include "parts.h"

#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 256, SETS_MOST = 12 };

/* What the tasks of a run do. */
enum manner {
	ASKS_NOTHING,
	ASKS_INDEX,
	ASKS_SEED,
	ODD_FAIL,  /* tasks with odd parameters */
	ODD_CRASH, /* the same, isolated, after they have asked for nothing */
	ODD_CRASH_SEED, /* after they have asked for the seed */
	FIRST_CRASHES,  /* all first attempts; the second asks for nothing */
	FIRST_ASKS_SEED /* all first attempts crash, and have asked for the seed
	                 */
};

struct a_run {
	enum manner manner;
	int number;
	size_t param_bytes; /* 8, or 0 */
};

struct output {
	uint64_t param;
	uint64_t seed; /* 0: not asked for */
	int64_t index; /* -1: not asked for */
	int64_t run;
};

/* A sweep with a journal. The fields of the job that a case sets are in `job`. */
struct sheet {
	const struct run *run;
	char path[PATH_BYTES];
	int runs;
	cohort_job job;
};

static uint64_t param_of(const cohort_task *task, const struct a_run *this)
{
	uint64_t param = 0;

	if (this->param_bytes > 0)
		memcpy(&param, cohort_task_param(task), sizeof(param));
	return param;
}

static bool asks_seed(const cohort_task *task, const struct a_run *this)
{
	return this->manner == ASKS_SEED || this->manner == ODD_CRASH_SEED ||
	       (this->manner == FIRST_ASKS_SEED &&
	        cohort_task_attempt(task) == 0);
}

static bool crashes(const cohort_task *task, const struct a_run *this,
                    uint64_t param)
{
	switch (this->manner) {
	case ODD_CRASH:
	case ODD_CRASH_SEED:
		return param % 2;
	case FIRST_CRASHES:
	case FIRST_ASKS_SEED:
		return cohort_task_attempt(task) == 0;
	default:
		return false;
	}
}

static int run_task(cohort_task *task)
{
	const struct a_run *this = cohort_task_state(task);
	const uint64_t param = param_of(task, this);
	struct output output = {
	    .param = param, .index = -1, .run = this->number};

	if (asks_seed(task, this))
		output.seed = cohort_task_seed(task);
	if (this->manner == ASKS_INDEX)
		output.index = (int64_t)cohort_task_index(task);
	if (crashes(task, this, param))
		_exit(3);
	if (this->manner == ODD_FAIL && param % 2)
		return cohort_task_fail(task, "odd in run %d", this->number);
	memcpy(cohort_task_result(task, sizeof(output)), &output,
	       sizeof(output));
	return 0;
}

/* The parameter sets of a run, and in which run each of them ran: "1 2 3" and
 * "1 1 2". Below 0: it failed. */
static size_t read_numbers(const char *text, long numbers[SETS_MOST])
{
	size_t count = 0;
	char *end;

	for (;; text = end) {
		const long number = strtol(text, &end, 10);
		if (end == text)
			return count;
		numbers[count++] = number;
	}
}

static void check_result(const cohort_result *result, long param, long run)
{
	struct output output;
	char words[64];

	if (run < 0) {
		CHECK(result->status == COHORT_ETASK, "task %zu: %s",
		      result->index, cohort_status_name(result->status));
		snprintf(words, sizeof(words), "odd in run %ld", -run);
		CHECK(!strstr(result->error, "odd") ||
		          !strcmp(result->error, words),
		      "task %zu: %s and not %s", result->index, result->error,
		      words);
		return;
	}
	CHECK(result->status == COHORT_OK, "task %zu: %s", result->index,
	      result->error);
	CHECK(result->bytes == sizeof(output), "task %zu: %zu bytes",
	      result->index, result->bytes);
	memcpy(&output, result->data, sizeof(output));
	CHECK(output.param == (uint64_t)param, "task %zu: of %llu and not %ld",
	      result->index, (unsigned long long)output.param, param);
	CHECK(output.run == run, "task %zu: ran in run %lld and not %ld",
	      result->index, (long long)output.run, run);
	if (output.index >= 0)
		CHECK((size_t)output.index == result->index,
		      "task %zu has asked for its index: %lld", result->index,
		      (long long)output.index);
}

static cohort_status scatter(struct sheet *sheet, enum manner manner,
                             const char *sets, struct a_run *this)
{
	long numbers[SETS_MOST];
	uint64_t params[SETS_MOST] = {0};
	const size_t count = read_numbers(sets, numbers);
	cohort_job job = sheet->job;

	for (size_t i = 0; i < count; i++)
		params[i] = (uint64_t)numbers[i];
	*this = (struct a_run){manner, ++sheet->runs, job.param_bytes};
	job.execute = run_task;
	job.arg = this;
	if (manner == FIRST_CRASHES || manner == FIRST_ASKS_SEED)
		job.retries = 1;
	return cohort_scatter(sheet->run->group, &job, params, count);
}

/* One run of the sweep: these sets, and when they must have run. */
static void expect(struct sheet *sheet, enum manner manner, const char *sets,
                   const char *runs)
{
	long params[SETS_MOST];
	long expected[SETS_MOST];
	struct a_run this;
	cohort_results *results;
	size_t count;

	MUST(scatter(sheet, manner, sets, &this));
	MUST(cohort_gather(sheet->run->group, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	CHECK(count == read_numbers(sets, params) &&
	          count == read_numbers(runs, expected),
	      "%zu results", count);
	for (size_t i = 0; i < count; i++)
		check_result(&all[i], params[i], expected[i]);
	cohort_results_free(results);
}

static void refused(struct sheet *sheet, const char *sets, const char *word)
{
	struct a_run this;

	CHECK_STATUS(COHORT_EINVAL, scatter(sheet, ASKS_NOTHING, sets, &this));
	CHECK_NAMES(word);
	sheet->runs--;
}

static int remove_one(const char *path, const struct stat *about, int type,
                      struct FTW *walk)
{
	(void)about;
	(void)type;
	(void)walk;
	return remove(path);
}

static struct sheet new_sheet(const struct run *run, bool isolated)
{
	const char *base = getenv("TMPDIR");
	struct sheet sheet = {
	    .run = run,
	    .job = {.param_bytes = sizeof(uint64_t), .isolate = isolated},
	};

	snprintf(sheet.path, sizeof(sheet.path), "%s/cohort-XXXXXX",
	         base ? base : "/tmp");
	CHECK(run->rank != 0 || mkdtemp(sheet.path), "mkdtemp %s", sheet.path);
	MUST(cohort_bcast(run->group, sheet.path, sizeof(sheet.path),
	                  COHORT_UINT8, 0));
	return sheet;
}

static void end_sheet(const struct sheet *sheet)
{
	MUST(cohort_barrier(sheet->run->group));
	CHECK(sheet->run->rank != 0 ||
	          !nftw(sheet->path, remove_one, 8, FTW_DEPTH | FTW_PHYS),
	      "%s cannot be removed", sheet->path);
}

static void checks_tables(struct sheet *sheet)
{
	expect(sheet, ASKS_NOTHING, "1 2 3", "1 1 1");
	expect(sheet, ASKS_NOTHING, "1 2 3 4 5", "1 1 1 2 2");
	expect(sheet, ASKS_NOTHING, "5 2", "2 1");
	expect(sheet, ASKS_NOTHING, "", "");
	expect(sheet, ASKS_NOTHING, "5 4 3 2 1", "2 2 1 1 1");
	expect(sheet, ASKS_NOTHING, "6 1 7 2 3", "6 1 6 1 1");
	/* No seed was asked for, so it does not matter. */
	sheet->job.seed = 7;
	expect(sheet, ASKS_NOTHING, "1 2 3 4 5 6 7", "1 1 1 2 2 6 6");
}

static void checks_equal_sets(struct sheet *sheet)
{
	expect(sheet, ASKS_NOTHING, "1 1 2", "1 1 1");
	expect(sheet, ASKS_NOTHING, "2 1 1 1", "1 1 1 2");
	expect(sheet, ASKS_NOTHING, "1", "1");
	expect(sheet, ASKS_NOTHING, "1 1 1 1", "1 1 4 2");
}

static void checks_sets_without_bytes(struct sheet *sheet)
{
	sheet->job.param_bytes = 0;
	expect(sheet, ASKS_NOTHING, "0 0 0", "1 1 1");
	expect(sheet, ASKS_NOTHING, "0 0 0 0 0", "1 1 1 2 2");
	expect(sheet, ASKS_INDEX, "0 0 0 0 0 0", "1 1 1 2 2 3");
	expect(sheet, ASKS_NOTHING, "0", "1");
	expect(sheet, ASKS_NOTHING, "0 0 0 0 0 0 0", "1 1 1 2 2 3 5");
}

static void checks_index(struct sheet *sheet)
{
	expect(sheet, ASKS_INDEX, "1 2 3", "1 1 1");
	expect(sheet, ASKS_INDEX, "1 3 2 4", "1 2 2 2");
	sheet->job.seed = 7;
	expect(sheet, ASKS_INDEX, "1 2 3 4", "1 1 1 2");
	expect(sheet, ASKS_NOTHING, "4 3 2 1", "4 2 2 4");
	/* Two of them have records now that are good anywhere. */
	expect(sheet, ASKS_INDEX, "9 9 9 9 9 2 1", "5 5 5 5 5 5 4");
}

static void checks_seed(struct sheet *sheet)
{
	sheet->job.seed = 1;
	expect(sheet, ASKS_SEED, "1 2 3", "1 1 1");
	sheet->job.seed = 2;
	expect(sheet, ASKS_SEED, "1 2 3", "2 2 2");
	expect(sheet, ASKS_SEED, "2 1 3", "3 3 2");
	sheet->job.seed = 1;
	expect(sheet, ASKS_SEED, "1 2 3 4", "1 1 1 4");
	sheet->job.seed = 2;
	expect(sheet, ASKS_SEED, "2 1 3 4", "3 3 2 5");
}

static void checks_failed(struct sheet *sheet)
{
	expect(sheet, ODD_FAIL, "1 2 3 4", "-1 1 -1 1");
	expect(sheet, ASKS_NOTHING, "4 3 2 1", "1 -1 1 -1");
	sheet->job.rerun_failed = true;
	expect(sheet, ODD_FAIL, "3 4 9", "-3 1 -3");
	expect(sheet, ASKS_NOTHING, "3 4", "4 1");
	sheet->job.rerun_failed = false;
	/* A failed record that was replaced does not come back. */
	expect(sheet, ODD_FAIL, "1 2 3 4 3 9", "-1 1 4 1 -5 -3");
	sheet->job.rerun_failed = true;
	expect(sheet, ASKS_NOTHING, "1 2 3 4 3 9", "6 1 4 1 6 6");
	expect(sheet, ODD_FAIL, "1 2 3 4 3 9", "6 1 4 1 6 6");
}

/* One run fails a task that it asked the seed for, and another run repeats it. */
static void checks_failed_of_index(struct sheet *sheet)
{
	sheet->job.rerun_failed = true;
	expect(sheet, ODD_FAIL, "1 2", "-1 1");
	expect(sheet, ASKS_SEED, "1 2", "2 1");
	sheet->job.rerun_failed = false;
	expect(sheet, ASKS_NOTHING, "2 1", "1 3");
	expect(sheet, ASKS_NOTHING, "1 2", "2 1");
}

static void checks_crashed(struct sheet *sheet)
{
	expect(sheet, FIRST_CRASHES, "1 2", "1 1");
	expect(sheet, FIRST_CRASHES, "2 1", "1 1");
	expect(sheet, FIRST_ASKS_SEED, "2 1 3 4", "1 1 3 3");
	expect(sheet, ASKS_NOTHING, "2 1 4 3", "1 1 4 4");
	expect(sheet, FIRST_ASKS_SEED, "2 1 3 4", "1 1 3 3");
	sheet->job.seed = 2;
	expect(sheet, FIRST_ASKS_SEED, "4 3 6", "4 4 6");
	sheet->job.seed = 3;
	expect(sheet, ASKS_NOTHING, "4 3 6", "4 4 7");
}

static void checks_crashed_for_good(struct sheet *sheet)
{
	expect(sheet, ODD_CRASH, "1 2", "-1 1");
	expect(sheet, ASKS_NOTHING, "2 1", "1 -1");
	expect(sheet, ODD_CRASH_SEED, "2 1 4 3", "1 -1 3 -3");
	sheet->job.seed = 2;
	expect(sheet, ASKS_NOTHING, "2 1 4 3", "1 -1 4 4");
	sheet->job.rerun_failed = true;
	expect(sheet, ASKS_NOTHING, "2 1 4 3", "1 5 4 4");
}

static void checks_identity(struct sheet *sheet)
{
	sheet->job.identity = "script";
	sheet->job.identity_bytes = 6;
	expect(sheet, ASKS_NOTHING, "1 2", "1 1");
	sheet->job.identity_bytes = 5;
	refused(sheet, "1 2", "job.identity");
	sheet->job.identity = NULL;
	refused(sheet, "1 2", "job.identity is NULL");
	sheet->job.identity_bytes = 0;
	refused(sheet, "1 2", "job.identity");
	sheet->job.identity = "scripts";
	sheet->job.identity_bytes = 6;
	expect(sheet, ASKS_NOTHING, "2 1", "1 1");
}

static void checks_unique(struct sheet *sheet)
{
	const char *journal = sheet->job.journal;

	sheet->job.unique = true;
	for (int i = 0; i < 2; i++) {
		sheet->job.journal = i == 0 ? NULL : journal;
		refused(sheet, "1 2 3 2 1", "parameter sets 1 and 3 are equal");
		sheet->job.param_bytes = 0;
		refused(sheet, "0 0 0", "parameter sets 0 and 1 are equal");
		sheet->job.param_bytes = sizeof(uint64_t);
	}
	expect(sheet, ASKS_NOTHING, "1 2 3 4", "1 1 1 1");
	sheet->job.param_bytes = 0;
	sheet->job.journal = NULL;
	expect(sheet, ASKS_NOTHING, "0", "2");
	expect(sheet, ASKS_NOTHING, "", "");
}

static const struct {
	const char *name;
	void (*checks)(struct sheet *sheet);
	bool isolated_only;
} tables[] = {
    {"tables", checks_tables, false},
    {"equal sets", checks_equal_sets, false},
    {"sets without bytes", checks_sets_without_bytes, false},
    {"tasks that ask for their index", checks_index, false},
    {"tasks that ask for their seed", checks_seed, false},
    {"failed tasks", checks_failed, false},
    {"failed tasks of one index", checks_failed_of_index, false},
    {"crashed attempts", checks_crashed, true},
    {"crashed tasks", checks_crashed_for_good, true},
    {"identity", checks_identity, false},
    {"unique", checks_unique, false},
};

void part_journals(const struct run *run)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		/* Every run makes files and syncs them. */
		if (run->quick && (i + (size_t)run->size) % 3 > 0)
			continue;
		const bool isolated =
		    tables[i].isolated_only || (i + (size_t)run->size) % 2 > 0;
		struct sheet sheet = new_sheet(run, isolated);
		char path[PATH_BYTES + 16];
		snprintf(path, sizeof(path), "%s/journal", sheet.path);
		sheet.job.journal = path;
		check_case("journal: %s%s", tables[i].name,
		           isolated ? ", isolated" : "");
		tables[i].checks(&sheet);
		end_sheet(&sheet);
	}
}
