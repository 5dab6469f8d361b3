/* A journal that is read while it is written. A writer of the same process
 * appends between two calls of the reader, or a file is replaced by what a
 * writer would have left at some moment. */
#define _GNU_SOURCE
#include "scratch.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD = 88, RECORD = 88 };

static const char tasks[] = "tasks-1-0";

static char path[SCRATCH_PATH];
static cohort_journal *reader;

static void make(void)
{
	scratch_make(path);
	reader = NULL;
}

static void unmake(void)
{
	cohort_journal_close(reader);
	scratch_remove(path);
}

TestSuite(journal_follow, .init = make, .fini = unmake);

static void open_reader(void)
{
	cohort_journal_close(reader);
	reader = NULL;
	cr_assert(cohort_journal_open(path, &reader) == COHORT_OK, "%s",
	          cohort_error());
}

/* Whether the result is the sample of its index, as it was written. */
static bool is_sample(const cohort_result *result)
{
	/* A cohort_result has neither flags nor a digest. */
	const struct journal_record sample = sample_record(result->index);
	const struct journal_record record = {
	    .index = result->index,
	    .bytes = result->bytes,
	    .data = result->data,
	    .error = result->error,
	    .seconds = result->seconds,
	    .rank = result->rank,
	    .status = (int32_t)result->status,
	    .attempts = result->attempts,
	    .flags = sample.flags,
	    .digest = {sample.digest[0], sample.digest[1]},
	};
	return sample_matches(&record) && !result->param &&
	       (result->bytes > 0) == (result->data != NULL) &&
	       (uintptr_t)result->data % alignof(max_align_t) == 0;
}

/* The next result must be the sample of this index. */
static void expect_next(size_t index)
{
	cohort_result result = {0};
	bool end = true;

	cohort_status status = cohort_journal_next(reader, &result, &end);
	cr_assert(status == COHORT_OK && !end, "task %zu: %s", index,
	          status ? cohort_error() : "the end");
	cr_assert(result.index == index && is_sample(&result), "task %zu: %zu",
	          index, result.index);
}

static void expect_end(void)
{
	cohort_result result = {.index = 77};
	bool end = false;

	cohort_status status = cohort_journal_next(reader, &result, &end);
	cr_assert(status == COHORT_OK && end, "%s, index %zu",
	          status ? cohort_error() : "no end", result.index);
	cr_expect(result.index == 77);
}

static void expect_failure(cohort_status expected, const char *words)
{
	cohort_result result;
	bool end;

	cohort_status status = cohort_journal_next(reader, &result, &end);
	cr_assert(status == expected && strstr(cohort_error(), words) &&
	              strstr(cohort_error(), "cohort_journal_next: ") &&
	              strstr(cohort_error(), path),
	          "%s: %s", cohort_status_name(status), cohort_error());
}

/* Read on to the end. Returns the number of results, all of which are
 * samples. */
static int read_all(void)
{
	cohort_result result;
	int count = 0;
	bool end;

	for (;; count++) {
		cr_assert(cohort_journal_next(reader, &result, &end) ==
		              COHORT_OK,
		          "%s", cohort_error());
		if (end)
			return count;
		cr_assert(is_sample(&result), "task %zu", result.index);
	}
}

/* ---- a run that writes ---- */

static struct journal *journal;
static struct journal_writer *writer;

static void begin_run(int rank)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);

	cr_assert(journal_open(path, &sweep, &journal) == COHORT_OK, "%s",
	          cohort_error());
	const struct journal_run run = journal_this_run(journal);
	cr_assert(journal_writer_open(path, &run, rank, NULL, &writer) ==
	          COHORT_OK);
}

static void write_task(uint64_t index)
{
	const struct journal_record record = sample_record(index);

	cr_assert(journal_write(writer, &record) == COHORT_OK);
}

static void end_run(void)
{
	cr_assert(journal_writer_close(writer) == COHORT_OK);
	journal_close(journal);
}

/* Bytes of record `n` in a file. */
static size_t record_bytes(int n)
{
	const struct journal_record record = sample_record((uint64_t)n);

	return RECORD + (size_t)record.bytes +
	       (record.error ? strlen(record.error) + 1 : 0);
}

/* ---- */

static void expect_no_journal(const char *where, cohort_status expected,
                              const char *words)
{
	cohort_journal *none = NULL;

	cohort_status status = cohort_journal_open(where, &none);
	cr_expect(status == expected && !none &&
	              strstr(cohort_error(), words) &&
	              strstr(cohort_error(), "cohort_journal_open: "),
	          "%s: %s", cohort_status_name(status), cohort_error());
}

Test(journal_follow, what_is_no_journal_is_refused)
{
	char file[SCRATCH_PATH];
	unsigned char nothing[1];

	expect_no_journal(NULL, COHORT_EINVAL, "NULL");
	expect_no_journal("", COHORT_EINVAL, "empty");
	expect_no_journal(path, COHORT_EINVAL, "there is no journal");
	cr_assert(mkdir(path, 0700) == 0);
	expect_no_journal(path, COHORT_EINVAL, "no file \"identity\"");
	scratch_save(path, tasks, (struct bytes){nothing, 0});
	expect_no_journal(path, COHORT_ECORRUPT, "put that back");
	scratch_name(file, path, tasks);
	expect_no_journal(file, COHORT_EINVAL, "there is no journal");
	cr_expect(cohort_journal_open(path, NULL) == COHORT_EINVAL);
}

Test(journal_follow, bad_arguments_are_refused)
{
	cohort_result result;
	bool end;

	cr_assert(sample_run(path, 0, 0, TASKS) == COHORT_OK);
	open_reader();
	cr_expect(cohort_journal_next(NULL, &result, &end) == COHORT_EINVAL);
	cr_expect(cohort_journal_next(reader, NULL, &end) == COHORT_EINVAL);
	cr_expect(cohort_journal_next(reader, &result, NULL) == COHORT_EINVAL);
	/* The struct was that long in version 0.1. */
	for (size_t bytes = 0; bytes < offsetof(cohort_result, param_bytes);
	     bytes++)
		cr_expect(cohort_journal_next_sized(reader, &result, bytes,
		                                    &end) == COHORT_EINVAL);
	cohort_journal_close(NULL);
	cr_expect(read_all() == TASKS);
}

/* A program of a later version has a longer struct. */
Test(journal_follow, fields_that_are_not_known_become_zero)
{
	struct {
		cohort_result result;
		long later[2];
	} longer;
	bool end;

	memset(&longer, 0xff, sizeof(longer));
	cr_assert(sample_run(path, 0, 3, TASKS) == COHORT_OK);
	open_reader();
	cr_assert(cohort_journal_next_sized(reader, &longer.result,
	                                    sizeof(longer), &end) == COHORT_OK);
	cr_expect(!end && longer.result.index == 3 &&
	          is_sample(&longer.result) && !longer.later[0] &&
	          !longer.later[1]);
}

Test(journal_follow, runs_and_ranks_come_in_their_order)
{
	cr_assert(sample_run(path, 10, 0, 2) == COHORT_OK);
	cr_assert(sample_run(path, 2, 2, 4) == COHORT_OK);
	cr_assert(sample_run(path, 0, 2, TASKS) == COHORT_OK);
	open_reader();
	for (size_t i = 0; i < 4; i++)
		expect_next(i);
	for (size_t i = 2; i < TASKS; i++)
		expect_next(i); /* each result of a task is given */
	expect_end();
	expect_end();
}

Test(journal_follow, what_is_written_later_is_given_later)
{
	begin_run(0);
	open_reader();
	expect_end();
	for (uint64_t i = 0; i < 5; i++) {
		write_task(i);
		expect_next((size_t)i);
		if (i % 2)
			expect_end();
	}
	write_task(9);
	write_task(8);
	expect_next(9);
	expect_next(8);
	end_run();
	expect_end();
}

/* While the reader is in the middle of a file. */
Test(journal_follow, other_ranks_and_runs_may_appear)
{
	cr_assert(sample_run(path, 4, 0, 3) == COHORT_OK);
	open_reader();
	expect_next(0);
	begin_run(4);
	write_task(5);
	expect_next(1);
	expect_next(2);
	expect_next(5);
	expect_end();
	end_run();
	expect_end();
	begin_run(7);
	expect_end();
	write_task(6);
	write_task(2);
	expect_next(6);
	expect_next(2);
	end_run();
	expect_end();
}

/* As long as a record is not complete it is not there, and it is no error. */
Test(journal_follow, every_length_of_a_growing_file)
{
	cr_assert(sample_run(path, 0, 0, TASKS) == COHORT_OK);
	const struct bytes whole = scratch_load(path, tasks);
	size_t next = HEAD + record_bytes(0);
	int given = 0;

	scratch_save(path, tasks, (struct bytes){whole.at, 0});
	open_reader();
	for (size_t bytes = 0; bytes <= whole.count; bytes++) {
		scratch_save(path, tasks, (struct bytes){whole.at, bytes});
		if (bytes == next) {
			expect_next((size_t)given++);
			next += given < TASKS ? record_bytes(given) : 1;
		}
		expect_end();
	}
	cr_expect(given == TASKS);
	free(whole.at);
}

/* The beginning of a record whose writer was killed, which another record
 * replaces; and zeros, as a network file system may show them. */
Test(journal_follow, a_tail_may_be_replaced)
{
	cr_assert(sample_run(path, 0, 0, TASKS) == COHORT_OK);
	const struct bytes whole = scratch_load(path, tasks);
	const size_t kept = HEAD + record_bytes(0) + record_bytes(1);

	for (size_t torn = 1; torn < record_bytes(2); torn++)
		for (int zeros = 0; zeros < 2; zeros++) {
			struct bytes file = {malloc(kept + torn), kept + torn};
			memcpy(file.at, whole.at, kept + torn);
			/* The last task's record is cut. */
			memset(file.at + kept, 0, torn);
			if (!zeros)
				memcpy(file.at + kept,
				       whole.at + whole.count -
				           record_bytes(TASKS - 1),
				       torn < RECORD ? torn : RECORD);
			scratch_save(path, tasks, file);
			open_reader();
			expect_next(0);
			expect_next(1);
			expect_end();
			scratch_save(path, tasks, whole);
			for (size_t i = 2; i < TASKS; i++)
				expect_next(i);
			expect_end();
			free(file.at);
		}
	free(whole.at);
}

/* A writer drops whole records of a child that was killed before its rank knew
 * of them, and writes others there. */
Test(journal_follow, records_that_were_dropped_are_followed_by_others)
{
	begin_run(0);
	open_reader();
	write_task(1);
	expect_next(1);
	for (uint64_t i = 2; i < 10; i += 2)
		for (int ends = 0; ends < 2; ends++) {
			const uint64_t kept = journal_writer_committed(writer);
			write_task(0);
			expect_next(0);
			if (ends)
				expect_end();
			cr_assert(journal_writer_rewind(writer, kept) ==
			          COHORT_OK);
			if (ends)
				expect_end();
			write_task(i);
			write_task(i + 1);
			expect_next((size_t)i);
			expect_next((size_t)i + 1);
			expect_end();
		}
	/* Neither the file's length nor its time tells that the record is
	 * another one. */
	const uint64_t kept = journal_writer_committed(writer);
	write_task(2);
	expect_next(2);
	expect_end();
	char name[SCRATCH_PATH];
	struct stat about;
	scratch_name(name, path, tasks);
	cr_assert(!stat(name, &about));
	cr_assert(journal_writer_rewind(writer, kept) == COHORT_OK);
	struct journal_record again = sample_record(2);
	again.error = "it did not cONVERGE";
	cr_assert(journal_write(writer, &again) == COHORT_OK);
	const struct timespec times[] = {about.st_atim, about.st_mtim};
	cr_assert(!utimensat(AT_FDCWD, name, times, 0));
	cohort_result result;
	bool end;
	cr_assert(cohort_journal_next(reader, &result, &end) == COHORT_OK);
	cr_expect(!end && result.index == 2 &&
	          !strcmp(result.error, again.error));
	expect_end();
	end_run();
}

/* So many that the reader does not know where it was: all come again. */
Test(journal_follow, a_file_that_has_lost_much_is_read_again)
{
	begin_run(0);
	open_reader();
	write_task(1);
	const uint64_t one = journal_writer_committed(writer);
	write_task(2);
	write_task(3);
	write_task(4);
	cr_expect(read_all() == 4);
	cr_assert(journal_writer_rewind(writer, one) == COHORT_OK);
	write_task(11);
	write_task(9);
	write_task(10);
	write_task(8);
	expect_next(1);
	expect_next(11);
	expect_next(9);
	expect_next(10);
	expect_next(8);
	expect_end();
	end_run();
}

static void flip(struct bytes whole, size_t at)
{
	whole.at[at] ^= 0x10;
	scratch_save(path, tasks, whole);
	whole.at[at] ^= 0x10;
}

/* What comes before is given, what is damaged is not, and the other files
 * are. */
Test(journal_follow, no_damaged_byte_is_given)
{
	cr_assert(sample_run(path, 0, 0, TASKS) == COHORT_OK);
	cr_assert(sample_run(path, 0, 5, 7) == COHORT_OK);
	const struct bytes whole = scratch_load(path, tasks);
	size_t begin = HEAD;
	char said[64];

	for (size_t at = 0; at < HEAD; at++) {
		flip(whole, at);
		open_reader();
		expect_failure(COHORT_ECORRUPT, "tasks-1-0 is damaged");
	}
	for (int n = 0; n < TASKS; begin += record_bytes(n++))
		for (size_t at = 0; at < record_bytes(n); at++) {
			flip(whole, begin + at);
			open_reader();
			for (int i = 0; i < n; i++)
				expect_next((size_t)i);
			snprintf(said, sizeof(said),
			         "tasks-1-0 is damaged at byte %zu:", begin);
			expect_failure(COHORT_ECORRUPT, said);
			expect_next(5);
			expect_next(6);
			expect_end();
		}
	/* The file is not read any more, until the journal is opened again. */
	scratch_save(path, tasks, whole);
	expect_end();
	open_reader();
	cr_expect(read_all() == TASKS + 2);
	free(whole.at);
}

Test(journal_follow, files_may_go)
{
	char name[SCRATCH_PATH];

	cr_assert(sample_run(path, 0, 0, 4) == COHORT_OK);
	cr_assert(sample_run(path, 0, 4, 6) == COHORT_OK);
	open_reader();
	expect_next(0);
	scratch_name(name, path, "tasks-2-0");
	cr_assert(!unlink(name));
	cr_expect(read_all() == 3);
	scratch_name(name, path, tasks);
	cr_assert(!unlink(name));
	cr_assert(mkdir(name, 0700) == 0);
	expect_failure(COHORT_ECORRUPT, "tasks-1-0 is not a plain file");
	expect_end();
	scratch_name(name, path, "identity");
	cr_assert(!unlink(name));
	expect_failure(COHORT_EIO, "has been removed");
	expect_failure(COHORT_EIO, "has been removed");
}

Test(journal_follow, results_may_be_large)
{
	const struct journal_sweep sweep = sample_sweep(2);
	const size_t count = 5000001;
	unsigned char *large = malloc(count);
	struct journal_run run;
	cohort_result result;
	bool end;

	memset(large, 'x', count);
	cr_assert(journal_open(path, &sweep, &journal) == COHORT_OK);
	run = journal_this_run(journal);
	cr_assert(journal_writer_open(path, &run, 0, NULL, &writer) ==
	          COHORT_OK);
	open_reader();
	for (uint64_t i = 0; i < 3; i++) {
		const struct journal_record record = {
		    .index = i % 2, .bytes = count, .data = large};
		cr_assert(journal_write(writer, &record) == COHORT_OK);
		if (i == 0)
			continue;
		for (; end = true, cohort_journal_next(reader, &result, &end) ==
		                           COHORT_OK &&
		                       !end;)
			cr_expect(
			    result.bytes == count &&
			    !memcmp(result.data, large, count) &&
			    (uintptr_t)result.data % alignof(max_align_t) == 0);
		cr_expect(end);
	}
	end_run();
	free(large);
}
