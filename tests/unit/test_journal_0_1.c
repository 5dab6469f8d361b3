/* A journal that cohort 0.1 wrote, with two ranks: its 8 parameter sets are the
 * numbers 0 to 7, the seed is 42, and tasks 2 and 6 have failed. See
 * tests/fault/rebuilt. */
#define _POSIX_C_SOURCE 200809L
#include "scratch.h"

#include "common/base/log.h"
#include "common/journal/directory.h"
#include "common/journal/hash.h"
#include "common/journal/picked_files.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { OLD_TASKS = 8 };

#define EXPECT_SAID(words)                                             \
	cr_expect(strstr(cohort_error(), (words)), "not said: %s: %s", \
	          (words), cohort_error())

static char path[SCRATCH_PATH];

static const char *const names[] = {IDENTITY_NAME, "tasks-1-0", "tasks-1-1"};

static void make(void)
{
	log_set_threshold(LOG_ERROR); /* no warning about the program */
	scratch_make(path);
	cr_assert(!mkdir(path, 0700));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct bytes file = scratch_load(JOURNAL_0_1, names[i]);
		scratch_save(path, names[i], file);
		free(file.at);
	}
}

static void unmake(void)
{
	scratch_remove(path);
}

TestSuite(journal_0_1, .init = make, .fini = unmake);

static struct journal_sweep old_sweep(uint64_t count)
{
	struct journal_sweep sweep = sample_sweep(count);

	hash_128(NULL, 0, sweep.identity.identity);
	sweep.rebuilt_ok = true;
	return sweep;
}

struct found {
	int records;
	int wrong;
	int failed;
	int new; /* of the run in `run_2` */
};

static cohort_status check_record(void *arg,
                                  const struct journal_record *record)
{
	struct found *found = arg;
	uint64_t value = 0;

	found->records++;
	if (record->seconds < 0)
		found->new ++;
	if (record->status != COHORT_OK) {
		found->failed++;
		found->wrong += record->index % 4 != 2 ||
		                !strstr(record->error, "no luck with");
		return COHORT_OK;
	}
	if (record->bytes == sizeof(value))
		memcpy(&value, record->data, sizeof(value));
	found->wrong += value != record->index * 3 + 1;
	return COHORT_OK;
}

struct rereading {
	struct journal_reading *reading;
	struct picked_files files;
	struct found *found;
};

/* Check the record where it is found once more. */
static cohort_status check_again(void *arg, const struct journal_record *record)
{
	struct rereading *again = arg;
	struct journal_record picked;
	const cohort_status status = picked_files_read(
	    &again->files, journal_reading_place(again->reading), &picked);

	if (status != COHORT_OK)
		return status;
	picked.index = record->index;
	return check_record(again->found, &picked);
}

static cohort_status load_again(const struct journal *journal,
                                struct found *found)
{
	struct rereading again = {.found = found};
	struct journal_figures figures;

	cohort_status status =
	    journal_reading_open(journal, &again.reading, &figures);
	if (status != COHORT_OK)
		return status;
	cr_assert(picked_files_open(&again.files, journal, again.reading) ==
	          COHORT_OK);
	status =
	    journal_reading_pass(again.reading, PASS_LAST, check_again, &again);
	picked_files_close(&again.files);
	journal_reading_close(again.reading);
	return status;
}

static cohort_status load(struct journal_sweep sweep, struct found *found)
{
	struct journal_figures figures;
	struct journal *journal;
	struct found again = {0};

	*found = (struct found){0};
	cohort_status status = journal_open(path, &sweep, &journal);
	if (status != COHORT_OK)
		return status;
	status = journal_read(journal, check_record, found, &figures);
	if (status == COHORT_OK)
		status = load_again(journal, &again);
	cr_expect(memcmp(&again, found, sizeof(again)) == 0);
	journal_close(journal);
	return status;
}

Test(journal_0_1, it_is_read)
{
	struct found found;

	for (uint64_t count = OLD_TASKS; count < 12; count++) {
		cr_expect(load(old_sweep(count), &found) == COHORT_OK, "%s",
		          cohort_error());
		cr_expect(found.records == OLD_TASKS && found.wrong == 0 &&
		              found.failed == 2,
		          "%d records, %d wrong", found.records, found.wrong);
	}
	struct journal_sweep sweep = old_sweep(OLD_TASKS);
	sweep.rerun_failed = true;
	cr_expect(load(sweep, &found) == COHORT_OK && found.records == 6);
}

static void expect_refused(struct journal_sweep sweep, const char *words)
{
	struct found found;

	cr_expect(load(sweep, &found) == COHORT_EINVAL, "%s", words);
	EXPECT_SAID(words);
}

Test(journal_0_1, another_sweep_is_refused)
{
	uint64_t sets[OLD_TASKS] = {0, 1, 2, 3, 4, 5, 7, 6};
	struct journal_sweep sweep = old_sweep(OLD_TASKS - 1);

	expect_refused(sweep, "of 8 parameter sets and not 7");
	sweep = old_sweep(OLD_TASKS);
	sweep.sets.data = (const unsigned char *)sets;
	expect_refused(sweep, "parameter sets with other contents");
	sweep = old_sweep(OLD_TASKS);
	sweep.seed = 43;
	expect_refused(sweep, "of seed 42 and not 43");
	sweep = old_sweep(OLD_TASKS);
	sweep.identity.identity[0]++;
	expect_refused(sweep, "job.identity");
	sweep = old_sweep(OLD_TASKS / 2);
	sweep.identity.param_bytes *= 2;
	expect_refused(sweep, "of 8 bytes and not 16");
	sweep = old_sweep(OLD_TASKS);
	sweep.rebuilt_ok = false;
	expect_refused(sweep, "job.rebuilt_ok");
}

/* The next run writes files of version 2, and replaces a failed task. */
static void run_2(struct journal_sweep sweep, uint64_t index)
{
	const uint64_t value = index * 3 + 1;
	struct journal_record record = {
	    .index = index,
	    .bytes = sizeof(value),
	    .data = &value,
	    .seconds = -1,
	    .flags = sweep.rerun_failed ? JOURNAL_RERUN : 0,
	};
	struct journal_writer *writer;
	struct journal *journal;

	sample_digest(index, record.digest);
	cr_assert(journal_open(path, &sweep, &journal) == COHORT_OK);
	const struct journal_run run = journal_this_run(journal);
	cr_assert(journal_writer_open(path, &run, 0, NULL, &writer) ==
	          COHORT_OK);
	cr_assert(journal_write(writer, &record) == COHORT_OK);
	cr_assert(journal_writer_close(writer) == COHORT_OK);
	journal_close(journal);
}

Test(journal_0_1, it_is_continued)
{
	struct journal_sweep sweep = old_sweep(OLD_TASKS + 2);
	struct found found;

	run_2(sweep, OLD_TASKS + 1);
	sweep.rerun_failed = true;
	run_2(sweep, 6);
	/* The program of the last run is this one. */
	sweep.rebuilt_ok = false;
	sweep.rerun_failed = false;
	cr_expect(load(sweep, &found) == COHORT_OK, "%s", cohort_error());
	cr_expect(found.records == OLD_TASKS + 1 && found.wrong == 0 &&
	              found.failed == 1 && found.new == 2,
	          "%d records, %d wrong, %d failed, %d new", found.records,
	          found.wrong, found.failed, found.new);
}

/* Of what 0.1 has written, the index alone tells the parameter set. */
static void check_origin(const cohort_journal *reader)
{
	cohort_record record;

	cr_assert(cohort_journal_record(reader, &record) == COHORT_OK);
	cr_expect(record.seed == 42);
	if (record.run == 1)
		cr_expect(record.count == OLD_TASKS && record.of_index &&
		          record.of_seed && !record.rerun &&
		          !record.digest[0] && !record.digest[1]);
}

/* Read on to the end, as any program can. */
static void follow(cohort_journal *reader, struct found *found)
{
	cohort_result result;
	bool end = false;

	while (!end) {
		cr_assert(cohort_journal_next(reader, &result, &end) ==
		              COHORT_OK,
		          "%s", cohort_error());
		const struct journal_record record = {
		    .index = result.index,
		    .bytes = result.bytes,
		    .data = result.data,
		    .error = result.error,
		    .seconds = result.seconds,
		    .status = (int32_t)result.status,
		};
		if (end)
			break;
		(void)check_record(found, &record);
		check_origin(reader);
	}
}

Test(journal_0_1, any_program_reads_it)
{
	cohort_journal *reader;
	struct found found = {0};

	cr_assert(cohort_journal_open(path, &reader) == COHORT_OK, "%s",
	          cohort_error());
	follow(reader, &found);
	cr_expect(found.records == OLD_TASKS && found.wrong == 0 &&
	              found.failed == 2,
	          "%d records, %d wrong, %d failed", found.records, found.wrong,
	          found.failed);
	/* And what a run of today appends. */
	run_2(old_sweep(OLD_TASKS + 2), OLD_TASKS + 1);
	follow(reader, &found);
	cr_expect(found.records == OLD_TASKS + 1 && found.wrong == 0 &&
	              found.new == 1,
	          "%d records, %d wrong, %d new", found.records, found.wrong,
	          found.new);
	cohort_journal_close(reader);
}

Test(journal_0_1, no_byte_may_differ)
{
	struct found found;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct bytes file = scratch_load(path, names[i]);
		for (size_t at = 0; at < file.count; at++) {
			file.at[at] ^= 0x11;
			scratch_save(path, names[i], file);
			cr_expect(load(old_sweep(OLD_TASKS), &found) ==
			                  COHORT_ECORRUPT &&
			              found.records == 0,
			          "%s, byte %zu: %s", names[i], at,
			          cohort_error());
			file.at[at] ^= 0x11;
		}
		scratch_save(path, names[i], file);
		free(file.at);
	}
}

Test(journal_0_1, any_tail_may_be_missing)
{
	struct bytes file = scratch_load(path, "tasks-1-1");
	struct found found;
	int before = 0;

	for (size_t cut = 0; cut <= file.count; cut++) {
		scratch_save(path, "tasks-1-1", (struct bytes){file.at, cut});
		cr_expect(load(old_sweep(OLD_TASKS), &found) == COHORT_OK,
		          "cut at %zu: %s", cut, cohort_error());
		cr_expect(found.wrong == 0 && found.records >= before &&
		          found.records <= OLD_TASKS);
		before = found.records;
	}
	cr_expect(before == OLD_TASKS);
	free(file.at);
}
