/* A journal that is read while it is written. A writer of the same process
 * appends between two calls of the reader. */
#define _GNU_SOURCE
#include "following.h"

#include <criterion/criterion.h>

#include <stdalign.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(journal_follow, .init = following_make, .fini = following_unmake);

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
	expect_no_journal(following.path, COHORT_EINVAL, "there is no journal");
	cr_assert(mkdir(following.path, 0700) == 0);
	expect_no_journal(following.path, COHORT_EINVAL,
	                  "no file \"identity\"");
	scratch_save(following.path, following_file,
	             (struct bytes){nothing, 0});
	expect_no_journal(following.path, COHORT_ECORRUPT, "put that back");
	scratch_name(file, following.path, following_file);
	expect_no_journal(file, COHORT_EINVAL, "there is no journal");
	cr_expect(cohort_journal_open(following.path, NULL) == COHORT_EINVAL);
}

Test(journal_follow, bad_arguments_are_refused)
{
	cohort_result result;
	bool end;

	cr_assert(sample_run(following.path, 0, 0, TASKS) == COHORT_OK);
	following_open();
	cr_expect(cohort_journal_next(NULL, &result, &end) == COHORT_EINVAL);
	cr_expect(cohort_journal_next(following.reader, NULL, &end) ==
	          COHORT_EINVAL);
	cr_expect(cohort_journal_next(following.reader, &result, NULL) ==
	          COHORT_EINVAL);
	/* The struct was that long in version 0.1. */
	for (size_t bytes = 0; bytes < offsetof(cohort_result, param_bytes);
	     bytes++)
		cr_expect(cohort_journal_next_sized(following.reader, &result,
		                                    bytes,
		                                    &end) == COHORT_EINVAL);
	cohort_journal_close(NULL);
	cr_expect(following_read_all() == TASKS);
}

Test(journal_follow, a_record_is_that_of_the_last_result)
{
	const cohort_record untouched = {.run = 99};
	cohort_record record = untouched;
	uint64_t digest[2];

	cr_assert(sample_run(following.path, 0, 0, 2) == COHORT_OK);
	following_open();
	cr_expect(cohort_journal_record(following.reader, &record) ==
	          COHORT_ESTATE);
	for (size_t i = 0; i < 2; i++) {
		following_next(i);
		cr_expect(cohort_journal_record(following.reader, &record) ==
		          COHORT_OK);
		sample_digest(i, digest);
		cr_expect(record.run == 1 && record.count == TASKS &&
		          !memcmp(record.digest, digest, sizeof(digest)));
	}
	cr_expect(cohort_journal_record(NULL, &record) == COHORT_EINVAL);
	cr_expect(cohort_journal_record(following.reader, NULL) ==
	          COHORT_EINVAL);
	following_end();
	record = untouched;
	cr_expect(cohort_journal_record(following.reader, &record) ==
	              COHORT_ESTATE &&
	          record.run == untouched.run);
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
	cr_assert(sample_run(following.path, 0, 3, TASKS) == COHORT_OK);
	following_open();
	cr_assert(cohort_journal_next_sized(following.reader, &longer.result,
	                                    sizeof(longer), &end) == COHORT_OK);
	cr_expect(!end && longer.result.index == 3 &&
	          following_is_sample(&longer.result) && !longer.later[0] &&
	          !longer.later[1]);
}

Test(journal_follow, runs_and_ranks_come_in_their_order)
{
	cr_assert(sample_run(following.path, 10, 0, 2) == COHORT_OK);
	cr_assert(sample_run(following.path, 2, 2, 4) == COHORT_OK);
	cr_assert(sample_run(following.path, 0, 2, TASKS) == COHORT_OK);
	following_open();
	for (size_t i = 0; i < 4; i++)
		following_next(i);
	for (size_t i = 2; i < TASKS; i++)
		following_next(i); /* each result of a task is given */
	following_end();
	following_end();
}

Test(journal_follow, what_is_written_later_is_given_later)
{
	following_begin_run(0);
	following_open();
	following_end();
	for (uint64_t i = 0; i < 5; i++) {
		following_write(i);
		following_next((size_t)i);
		if (i % 2)
			following_end();
	}
	following_write(9);
	following_write(8);
	following_next(9);
	following_next(8);
	following_end_run();
	following_end();
}

/* While the reader is in the middle of a file. */
Test(journal_follow, other_ranks_and_runs_may_appear)
{
	cr_assert(sample_run(following.path, 4, 0, 3) == COHORT_OK);
	following_open();
	following_next(0);
	following_begin_run(4);
	following_write(5);
	following_next(1);
	following_next(2);
	following_next(5);
	following_end();
	following_end_run();
	following_end();
	following_begin_run(7);
	following_end();
	following_write(6);
	following_write(2);
	following_next(6);
	following_next(2);
	following_end_run();
	following_end();
}

Test(journal_follow, files_may_go)
{
	char name[SCRATCH_PATH];

	cr_assert(sample_run(following.path, 0, 0, 4) == COHORT_OK);
	cr_assert(sample_run(following.path, 0, 4, 6) == COHORT_OK);
	following_open();
	following_next(0);
	scratch_name(name, following.path, "tasks-2-0");
	cr_assert(!unlink(name));
	cr_expect(following_read_all() == 3);
	scratch_name(name, following.path, following_file);
	cr_assert(!unlink(name));
	cr_assert(mkdir(name, 0700) == 0);
	following_fails(COHORT_ECORRUPT, "tasks-1-0 is not a plain file");
	following_end();
	scratch_name(name, following.path, "identity");
	cr_assert(!unlink(name));
	following_fails(COHORT_EIO, "has been removed");
	following_fails(COHORT_EIO, "has been removed");
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
	cr_assert(journal_open(following.path, &sweep, &following.journal) ==
	          COHORT_OK);
	run = journal_this_run(following.journal);
	cr_assert(journal_writer_open(following.path, &run, 0, NULL,
	                              &following.writer) == COHORT_OK);
	following_open();
	for (uint64_t i = 0; i < 3; i++) {
		const struct journal_record record = {
		    .index = i % 2, .bytes = count, .data = large};
		cr_assert(journal_write(following.writer, &record) ==
		          COHORT_OK);
		if (i == 0)
			continue;
		for (; end = true,
		       cohort_journal_next(following.reader, &result, &end) ==
		               COHORT_OK &&
		           !end;)
			cr_expect(
			    result.bytes == count &&
			    !memcmp(result.data, large, count) &&
			    (uintptr_t)result.data % alignof(max_align_t) == 0);
		cr_expect(end);
	}
	following_end_run();
	free(large);
}
