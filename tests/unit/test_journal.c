/* Journals: records are read as they were written. The hashes of the empty input
 * are those of xxHash's own test vectors. */
#define _GNU_SOURCE
#include "scratch.h"

#include "common/journal/hash.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[SCRATCH_PATH];

static void make(void)
{
	scratch_make(path);
}

static void unmake(void)
{
	scratch_remove(path);
}

TestSuite(journal, .init = make, .fini = unmake);

Test(journal, hashes_are_xxh3)
{
	uint64_t wide[2];

	cr_expect_eq(hash_64(NULL, 0), UINT64_C(0x2D06800538D394C2));
	hash_128(NULL, 0, wide);
	cr_expect_eq(wide[0], UINT64_C(0x6001C324468D497F));
	cr_expect_eq(wide[1], UINT64_C(0x99AA06D3014798D8));
	cr_expect_eq(hash_64_of_two("ab", 2, "cde", 3), hash_64("abcde", 5));
	cr_expect_eq(hash_64_of_two("", 0, "cde", 3), hash_64("cde", 3));
	cr_expect_eq(hash_64_of_two("ab", 2, NULL, 0), hash_64("ab", 2));
}

Test(journal, a_new_one_is_empty)
{
	const struct loaded loaded = sample_load(path);
	struct stat about;

	cr_expect(loaded.status == COHORT_OK, "%s", cohort_error());
	cr_expect(loaded.records == 0 && loaded.figures.files == 0);
	cr_expect(scratch_entries(path) == 2, "identity and lock");
	cr_expect(!stat(path, &about) && (about.st_mode & 0777) == 0700);
}

Test(journal, what_was_written_is_read)
{
	cr_assert(sample_run(path, 0, 0, 5) == COHORT_OK, "%s", cohort_error());
	cr_assert(sample_run(path, 7, 5, TASKS) == COHORT_OK);
	const struct loaded loaded = sample_load(path);
	cr_expect(loaded.status == COHORT_OK, "%s", cohort_error());
	cr_expect(loaded.records == TASKS && loaded.wrong == 0 &&
	              loaded.again == 0,
	          "%d, %d wrong, %d again", loaded.records, loaded.wrong,
	          loaded.again);
	cr_expect(loaded.figures.records == TASKS &&
	          loaded.figures.files == 2 && loaded.figures.torn == 0 &&
	          loaded.figures.unused == 0);
}

Test(journal, runs_have_files_of_their_own)
{
	cr_assert(sample_run(path, 3, 0, 2) == COHORT_OK);
	const struct bytes before = scratch_load(path, "tasks-1-3");
	cr_assert(sample_run(path, 3, 2, 4) == COHORT_OK);
	const struct bytes after = scratch_load(path, "tasks-1-3");
	cr_expect(before.count == after.count &&
	          !memcmp(before.at, after.at, after.count));
	free(scratch_load(path, "tasks-2-3").at);
	free(before.at);
	free(after.at);
}

Test(journal, this_run_is_not_read)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	struct journal *journal;
	struct journal_writer *writer;

	cr_assert(sample_run(path, 0, 0, 2) == COHORT_OK);
	cr_assert(journal_open(path, &sweep, &journal) == COHORT_OK);
	const struct journal_run run = journal_this_run(journal);
	cr_assert(run.run == 2);
	cr_assert(journal_writer_open(path, &run, 0, NULL, &writer) ==
	          COHORT_OK);
	const struct journal_record record = sample_record(5);
	cr_assert(journal_write(writer, &record) == COHORT_OK);
	const struct loaded loaded = sample_read(journal);
	cr_expect(loaded.records == 2 && loaded.figures.files == 1);
	cr_expect(journal_writer_close(writer) == COHORT_OK);
	journal_close(journal);
}

/* Of three ranks that may leave no file, one has a record. */
Test(journal, files_without_records_are_removed)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	const struct journal_record record = sample_record(5);
	struct journal_writer *writers[4];
	struct journal *journal;

	cr_assert(journal_open(path, &sweep, &journal) == COHORT_OK);
	const struct journal_run run = journal_this_run(journal);
	for (int rank = 0; rank < 4; rank++) {
		cr_assert(journal_writer_open(path, &run, rank, NULL,
		                              &writers[rank]) == COHORT_OK);
		if (rank > 0)
			journal_writer_drop_empty(writers[rank]);
	}
	cr_assert(journal_write(writers[2], &record) == COHORT_OK);
	for (int rank = 0; rank < 4; rank++)
		cr_expect(journal_writer_close(writers[rank]) == COHORT_OK);
	journal_close(journal);
	cr_expect(scratch_entries(path) == 4, "%d", scratch_entries(path));
	const struct loaded loaded = sample_load(path);
	cr_expect(loaded.records == 1 && loaded.wrong == 0 &&
	          loaded.figures.files == 2);
}

static cohort_status take_rank(void *arg, const struct journal_record *record)
{
	*(int *)arg = record->rank;
	return COHORT_OK;
}

/* Of several records of one task, the last one of the latest run's highest rank
 * counts. */
Test(journal, the_last_record_counts)
{
	static const struct {
		int file_rank;
		int32_t rank;
	} writes[] = {{9, 100}, {2, 101}, {10, 102}};
	const struct journal_sweep sweep = sample_sweep(TASKS);
	struct journal_figures figures;
	struct journal *journal;
	int rank = -1;

	cr_assert(sample_run(path, 11, 5, 6) == COHORT_OK);
	cr_assert(journal_open(path, &sweep, &journal) == COHORT_OK);
	const struct journal_run run = journal_this_run(journal);
	for (size_t i = 0; i < 3; i++) {
		struct journal_writer *writer;
		struct journal_record record = sample_record(5);
		cr_assert(journal_writer_open(path, &run, writes[i].file_rank,
		                              NULL, &writer) == COHORT_OK);
		cr_assert(journal_write(writer, &record) == COHORT_OK);
		record.rank = writes[i].rank;
		cr_assert(journal_write(writer, &record) == COHORT_OK);
		cr_assert(journal_writer_close(writer) == COHORT_OK);
	}
	journal_close(journal);
	cr_assert(journal_open(path, &sweep, &journal) == COHORT_OK);
	cr_assert(journal_read(journal, take_rank, &rank, &figures) ==
	          COHORT_OK);
	cr_expect(rank == 102, "%d", rank);
	cr_expect(figures.records == 1 && figures.unused == 6);
	journal_close(journal);
}

static cohort_status refuse(void *arg, const struct journal_record *record)
{
	(void)record;
	++*(int *)arg;
	return COHORT_ENOMEM;
}

Test(journal, the_reader_stops_when_told_to)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	struct journal_figures figures;
	struct journal *journal;
	int calls = 0;

	cr_assert(sample_run(path, 0, 0, TASKS) == COHORT_OK);
	cr_assert(journal_open(path, &sweep, &journal) == COHORT_OK);
	cr_expect(journal_read(journal, refuse, &calls, &figures) ==
	          COHORT_ENOMEM);
	cr_expect(calls == 1);
	journal_close(journal);
}

static cohort_status take_large(void *arg, const struct journal_record *record)
{
	const struct bytes *wanted = arg;

	cr_expect(record->bytes == wanted->count &&
	          !memcmp(record->data, wanted->at, wanted->count));
	return COHORT_OK;
}

Test(journal, records_may_be_larger_than_what_is_read_at_once)
{
	const struct journal_sweep sweep = sample_sweep(2);
	struct bytes large = {malloc(5000000), 5000000};
	struct journal_figures figures;
	struct journal *journal;
	struct journal_writer *writer;

	memset(large.at, 'x', large.count);
	for (int run = 0; run < 2; run++) {
		cr_assert(journal_open(path, &sweep, &journal) == COHORT_OK);
		cr_assert(journal_read(journal, take_large, &large, &figures) ==
		          COHORT_OK);
		cr_expect(figures.records == (run ? 2 : 0));
		const struct journal_run this = journal_this_run(journal);
		cr_assert(journal_writer_open(path, &this, 0, NULL, &writer) ==
		          COHORT_OK);
		for (uint64_t i = 0; i < 2; i++) {
			struct journal_record record = {
			    .index = i, .bytes = large.count, .data = large.at};
			sample_digest(i, record.digest);
			cr_assert(journal_write(writer, &record) == COHORT_OK);
		}
		cr_assert(journal_writer_close(writer) == COHORT_OK);
		journal_close(journal);
	}
	free(large.at);
}

Test(journal, what_is_rewound_is_gone)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	struct journal *journal;
	struct journal_writer *writer;
	struct journal_shared shared;

	cr_assert(journal_open(path, &sweep, &journal) == COHORT_OK);
	const struct journal_run run = journal_this_run(journal);
	cr_assert(journal_writer_open(path, &run, 0, &shared, &writer) ==
	          COHORT_OK);
	struct journal_record record = sample_record(0);
	cr_assert(journal_write(writer, &record) == COHORT_OK);
	const uint64_t one = journal_writer_committed(writer);
	record = sample_record(1);
	cr_assert(journal_write(writer, &record) == COHORT_OK);
	cr_expect(journal_writer_committed(writer) > one);
	cr_expect(journal_writer_rewind(writer, one) == COHORT_OK);
	cr_expect(journal_writer_committed(writer) == one);
	record = sample_record(7);
	cr_assert(journal_write(writer, &record) == COHORT_OK);
	cr_expect(journal_writer_close(writer) == COHORT_OK);
	journal_close(journal);
	const struct loaded loaded = sample_load(path);
	cr_expect(loaded.records == 2 && loaded.have[0] && loaded.have[7] &&
	          loaded.wrong == 0);
}

Test(journal, nothing_is_closed_twice)
{
	journal_close(NULL);
	cr_expect(journal_writer_close(NULL) == COHORT_OK);
}

Test(journal, an_identity_is_of_sizes_and_program)
{
	struct journal_identity a;
	struct journal_identity b;
	uint64_t wanted[2];

	cr_assert(journal_identify(8, "ab", 2, &a) == COHORT_OK);
	cr_expect(a.param_bytes == 8);
	hash_128("ab", 2, wanted);
	cr_expect(!memcmp(a.identity, wanted, sizeof(wanted)));
	cr_assert(journal_identify(8, NULL, 0, &b) == COHORT_OK);
	hash_128(NULL, 0, wanted);
	cr_expect(!memcmp(b.identity, wanted, sizeof(wanted)));
	cr_expect(!memcmp(a.program, b.program, sizeof(a.program)));
	const int fd = open("/proc/self/exe", O_RDONLY);
	const off_t bytes = lseek(fd, 0, SEEK_END);
	unsigned char *all = malloc((size_t)bytes);
	cr_assert(pread(fd, all, (size_t)bytes, 0) == bytes);
	hash_128(all, (size_t)bytes, wanted);
	cr_expect(!memcmp(a.program, wanted, sizeof(wanted)));
	free(all);
	close(fd);
}
