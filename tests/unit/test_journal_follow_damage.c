/* A journal that is read while its files are what a writer would have left at some
 * moment, or have been damaged. */
#define _GNU_SOURCE
#include "following.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

TestSuite(journal_follow_damage, .init = following_make,
          .fini = following_unmake);

/* As long as a record is not complete it is not there, and it is no error. */
Test(journal_follow_damage, every_length_of_a_growing_file)
{
	cr_assert(sample_run(following.path, 0, 0, TASKS) == COHORT_OK);
	const struct bytes whole = scratch_load(following.path, following_file);
	size_t next = HEAD + following_record_bytes(0);
	int given = 0;

	scratch_save(following.path, following_file,
	             (struct bytes){whole.at, 0});
	following_open();
	for (size_t bytes = 0; bytes <= whole.count; bytes++) {
		scratch_save(following.path, following_file,
		             (struct bytes){whole.at, bytes});
		if (bytes == next) {
			following_next((size_t)given++);
			next +=
			    given < TASKS ? following_record_bytes(given) : 1;
		}
		following_end();
	}
	cr_expect(given == TASKS);
	free(whole.at);
}

/* The beginning of a record whose writer was killed, which another record
 * replaces; and zeros, as a network file system may show them. */
Test(journal_follow_damage, a_tail_may_be_replaced)
{
	cr_assert(sample_run(following.path, 0, 0, TASKS) == COHORT_OK);
	const struct bytes whole = scratch_load(following.path, following_file);
	const size_t kept =
	    HEAD + following_record_bytes(0) + following_record_bytes(1);

	for (size_t torn = 1; torn < following_record_bytes(2); torn++)
		for (int zeros = 0; zeros < 2; zeros++) {
			struct bytes file = {malloc(kept + torn), kept + torn};
			memcpy(file.at, whole.at, kept + torn);
			/* The last task's record is cut. */
			memset(file.at + kept, 0, torn);
			if (!zeros)
				memcpy(file.at + kept,
				       whole.at + whole.count -
				           following_record_bytes(TASKS - 1),
				       torn < RECORD ? torn : RECORD);
			scratch_save(following.path, following_file, file);
			following_open();
			following_next(0);
			following_next(1);
			following_end();
			scratch_save(following.path, following_file, whole);
			for (size_t i = 2; i < TASKS; i++)
				following_next(i);
			following_end();
			free(file.at);
		}
	free(whole.at);
}

/* A writer drops whole records of a child that was killed before its rank knew
 * of them, and writes others there. */
Test(journal_follow_damage, records_that_were_dropped_are_followed_by_others)
{
	following_begin_run(0);
	following_open();
	following_write(1);
	following_next(1);
	for (uint64_t i = 2; i < 10; i += 2)
		for (int ends = 0; ends < 2; ends++) {
			const uint64_t kept =
			    journal_writer_committed(following.writer);
			following_write(0);
			following_next(0);
			if (ends)
				following_end();
			cr_assert(journal_writer_rewind(following.writer,
			                                kept) == COHORT_OK);
			if (ends)
				following_end();
			following_write(i);
			following_write(i + 1);
			following_next((size_t)i);
			following_next((size_t)i + 1);
			following_end();
		}
	/* Neither the file's length nor its time tells that the record is
	 * another one. */
	const uint64_t kept = journal_writer_committed(following.writer);
	following_write(2);
	following_next(2);
	following_end();
	char name[SCRATCH_PATH];
	struct stat about;
	scratch_name(name, following.path, following_file);
	cr_assert(!stat(name, &about));
	cr_assert(journal_writer_rewind(following.writer, kept) == COHORT_OK);
	struct journal_record again = sample_record(2);
	again.error = "it did not cONVERGE";
	cr_assert(journal_write(following.writer, &again) == COHORT_OK);
	const struct timespec times[] = {about.st_atim, about.st_mtim};
	cr_assert(!utimensat(AT_FDCWD, name, times, 0));
	cohort_result result;
	bool end;
	cr_assert(cohort_journal_next(following.reader, &result, &end) ==
	          COHORT_OK);
	cr_expect(!end && result.index == 2 &&
	          !strcmp(result.error, again.error));
	following_end();
	following_end_run();
}

/* So many that the reader does not know where it was: all come again. */
Test(journal_follow_damage, a_file_that_has_lost_much_is_read_again)
{
	following_begin_run(0);
	following_open();
	following_write(1);
	const uint64_t one = journal_writer_committed(following.writer);
	following_write(2);
	following_write(3);
	following_write(4);
	cr_expect(following_read_all() == 4);
	cr_assert(journal_writer_rewind(following.writer, one) == COHORT_OK);
	following_write(11);
	following_write(9);
	following_write(10);
	following_write(8);
	following_next(1);
	following_next(11);
	following_next(9);
	following_next(10);
	following_next(8);
	following_end();
	following_end_run();
}

static void flip(struct bytes whole, size_t at)
{
	whole.at[at] ^= 0x10;
	scratch_save(following.path, following_file, whole);
	whole.at[at] ^= 0x10;
}

/* What comes before is given, what is damaged is not, and the other files
 * are. */
Test(journal_follow_damage, no_damaged_byte_is_given)
{
	cr_assert(sample_run(following.path, 0, 0, TASKS) == COHORT_OK);
	cr_assert(sample_run(following.path, 0, 5, 7) == COHORT_OK);
	const struct bytes whole = scratch_load(following.path, following_file);
	size_t begin = HEAD;
	char said[64];

	for (size_t at = 0; at < HEAD; at++) {
		flip(whole, at);
		following_open();
		following_fails(COHORT_ECORRUPT, "tasks-1-0 is damaged");
	}
	for (int n = 0; n < TASKS; begin += following_record_bytes(n++))
		for (size_t at = 0; at < following_record_bytes(n); at++) {
			flip(whole, begin + at);
			following_open();
			for (int i = 0; i < n; i++)
				following_next((size_t)i);
			snprintf(said, sizeof(said),
			         "tasks-1-0 is damaged at byte %zu:", begin);
			following_fails(COHORT_ECORRUPT, said);
			following_next(5);
			following_next(6);
			following_end();
		}
	/* The file is not read any more, until the journal is opened again. */
	scratch_save(following.path, following_file, whole);
	following_end();
	following_open();
	cr_expect(following_read_all() == TASKS + 2);
	free(whole.at);
}
