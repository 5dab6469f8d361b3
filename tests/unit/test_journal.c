/*
 * Journals: what was written is what is read, and whose it is. That xxHash is
 * what it says it is: values from its own test vectors, for the empty input.
 */
#define _GNU_SOURCE
#include "scratch.h"

#include "common/journal_folder.h"
#include "common/journal_hash.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXPECT_SAID(words)                                             \
	cr_expect(strstr(cohort_error(), (words)), "not said: %s: %s", \
	          (words), cohort_error())

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

static cohort_status open_with(struct journal_identity identity)
{
	struct journal *journal = NULL;
	cohort_status status = journal_open(path, &identity, &journal);

	journal_close(journal);
	return status;
}

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
	const struct haul haul = sample_load(path);
	struct stat about;

	cr_expect(haul.status == COHORT_OK, "%s", cohort_error());
	cr_expect(haul.records == 0 && haul.figures.files == 0);
	cr_expect(scratch_entries(path) == 2, "identity and lock");
	cr_expect(!stat(path, &about) && (about.st_mode & 0777) == 0700);
}

Test(journal, what_was_written_is_read)
{
	cr_assert(sample_run(path, 0, 0, 5) == COHORT_OK, "%s", cohort_error());
	cr_assert(sample_run(path, 7, 5, TASKS) == COHORT_OK);
	const struct haul haul = sample_load(path);
	cr_expect(haul.status == COHORT_OK, "%s", cohort_error());
	cr_expect(haul.records == TASKS && haul.wrong == 0 && haul.again == 0,
	          "%d, %d wrong, %d again", haul.records, haul.wrong,
	          haul.again);
	cr_expect(haul.figures.records == TASKS && haul.figures.files == 2 &&
	          haul.figures.torn == 0 && haul.figures.superseded == 0);
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
	const struct journal_identity identity = sample_identity(TASKS);
	struct journal *journal;
	struct journal_writer *writer;

	cr_assert(sample_run(path, 0, 0, 2) == COHORT_OK);
	cr_assert(journal_open(path, &identity, &journal) == COHORT_OK);
	const struct journal_run run = journal_this_run(journal);
	cr_assert(run.run == 2);
	cr_assert(journal_writer_open(path, &run, 0, NULL, &writer) ==
	          COHORT_OK);
	const struct journal_record record = sample_record(5);
	cr_assert(journal_write(writer, &record) == COHORT_OK);
	const struct haul haul = sample_read(journal);
	cr_expect(haul.records == 2 && haul.figures.files == 1);
	cr_expect(journal_writer_close(writer) == COHORT_OK);
	journal_close(journal);
}

static cohort_status take_rank(void *arg, const struct journal_record *record)
{
	*(int *)arg = record->rank;
	return COHORT_OK;
}

/* Of one task: the last record of the latest run's highest rank. */
Test(journal, the_last_record_counts)
{
	static const struct {
		int file_rank;
		int32_t rank;
	} writes[] = {{9, 100}, {2, 101}, {10, 102}};
	const struct journal_identity identity = sample_identity(TASKS);
	struct journal_figures figures;
	struct journal *journal;
	int rank = -1;

	cr_assert(sample_run(path, 11, 5, 6) == COHORT_OK);
	cr_assert(journal_open(path, &identity, &journal) == COHORT_OK);
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
	cr_assert(journal_open(path, &identity, &journal) == COHORT_OK);
	cr_assert(journal_read(journal, take_rank, &rank, &figures) ==
	          COHORT_OK);
	cr_expect(rank == 102, "%d", rank);
	cr_expect(figures.records == 1 && figures.superseded == 6);
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
	const struct journal_identity identity = sample_identity(TASKS);
	struct journal_figures figures;
	struct journal *journal;
	int calls = 0;

	cr_assert(sample_run(path, 0, 0, TASKS) == COHORT_OK);
	cr_assert(journal_open(path, &identity, &journal) == COHORT_OK);
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
	const struct journal_identity identity = sample_identity(2);
	struct bytes large = {malloc(5000000), 5000000};
	struct journal_figures figures;
	struct journal *journal;
	struct journal_writer *writer;

	memset(large.at, 'x', large.count);
	for (int run = 0; run < 2; run++) {
		cr_assert(journal_open(path, &identity, &journal) == COHORT_OK);
		cr_assert(journal_read(journal, take_large, &large, &figures) ==
		          COHORT_OK);
		cr_expect(figures.records == (run ? 2 : 0));
		const struct journal_run this = journal_this_run(journal);
		cr_assert(journal_writer_open(path, &this, 0, NULL, &writer) ==
		          COHORT_OK);
		for (uint64_t i = 0; i < 2; i++) {
			const struct journal_record record = {
			    .index = i, .bytes = large.count, .data = large.at};
			cr_assert(journal_write(writer, &record) == COHORT_OK);
		}
		cr_assert(journal_writer_close(writer) == COHORT_OK);
		journal_close(journal);
	}
	free(large.at);
}

Test(journal, what_is_rewound_is_gone)
{
	const struct journal_identity identity = sample_identity(TASKS);
	struct journal *journal;
	struct journal_writer *writer;
	struct journal_shared shared;

	cr_assert(journal_open(path, &identity, &journal) == COHORT_OK);
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
	const struct haul haul = sample_load(path);
	cr_expect(haul.records == 2 && haul.have[0] && haul.have[7] &&
	          haul.wrong == 0);
}

/* Two opens of one process are two opens. */
Test(journal, one_run_at_a_time)
{
	const struct journal_identity identity = sample_identity(TASKS);
	struct journal *journal;
	char words[64];

	cr_assert(journal_open(path, &identity, &journal) == COHORT_OK);
	cr_expect(open_with(identity) == COHORT_ESTATE);
	snprintf(words, sizeof(words), "process %ld on ", (long)getpid());
	EXPECT_SAID(words);
	const struct bytes other = {(unsigned char *)"gibberish %n%s\n", 15};
	scratch_save(path, LOCK_NAME, other);
	cr_expect(open_with(identity) == COHORT_ESTATE);
	EXPECT_SAID("another run");
	journal_close(journal);
	cr_expect(open_with(identity) == COHORT_OK, "%s", cohort_error());
}

Test(journal, another_sweep_is_refused)
{
	static const struct {
		size_t offset; /* of a word of the identity */
		const char *words;
	} fields[] = {
	    {offsetof(struct journal_identity, count),
	     "parameter sets and not"},
	    {offsetof(struct journal_identity, param_bytes), "bytes and not"},
	    {offsetof(struct journal_identity, seed), "seed 42 and not"},
	    {offsetof(struct journal_identity, params), "other contents"},
	    {offsetof(struct journal_identity, params) + 8, "other contents"},
	    {offsetof(struct journal_identity, program), "another program"},
	    {offsetof(struct journal_identity, program) + 8, "another program"},
	};

	cr_assert(sample_run(path, 0, 0, 2) == COHORT_OK);
	const int entries = scratch_entries(path);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		struct journal_identity other = sample_identity(TASKS);
		uint64_t word;
		memcpy(&word, (char *)&other + fields[i].offset, sizeof(word));
		word++;
		memcpy((char *)&other + fields[i].offset, &word, sizeof(word));
		cr_expect(open_with(other) == COHORT_EINVAL, "field %zu", i);
		EXPECT_SAID(fields[i].words);
		EXPECT_SAID(path);
	}
	struct journal_identity other = sample_identity(1);
	other.seed = 1;
	other.program[0] = 9;
	cr_expect(open_with(other) == COHORT_EINVAL);
	EXPECT_SAID("of 12 parameter sets and not 1, of seed 42 and not 1, of "
	            "another program");
	cr_expect(scratch_entries(path) == entries);
	cr_expect(sample_load(path).records == 2);
}

static void put_file(const char *name)
{
	const struct bytes nothing = {(unsigned char *)"x", 1};

	scratch_save(path, name, nothing);
}

Test(journal, other_names_are_let_be)
{
	static const char *const names[] = {"tasks-1-0~",
	                                    "tasks-01-0",
	                                    "tasks-1--1",
	                                    "tasks-0-0",
	                                    "tasks-1-0.swp",
	                                    "tasks-",
	                                    "tasks-1",
	                                    "tasks-+1-0",
	                                    "tasks-1-4294967296",
	                                    "notes",
	                                    ".tasks-1-0.swp",
	                                    "tasks- 1-0",
	                                    "tasks-99999999999999999999999-0",
	                                    "identity.new"};

	cr_assert(sample_run(path, 0, 0, 2) == COHORT_OK);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		put_file(names[i]);
	const struct haul haul = sample_load(path);
	cr_expect(haul.status == COHORT_OK && haul.records == 2 &&
	              haul.figures.files == 1,
	          "%s", cohort_error());
}

Test(journal, other_directories_are_refused)
{
	char name[SCRATCH_PATH];

	cr_assert(!mkdir(path, 0755));
	put_file("thesis.tex");
	cr_expect(open_with(sample_identity(1)) == COHORT_EINVAL);
	EXPECT_SAID("not empty");
	cr_expect(scratch_entries(path) == 1);
	scratch_name(name, path, "thesis.tex");
	cr_assert(!unlink(name));
	put_file("tasks-1-0");
	cr_expect(open_with(sample_identity(1)) == COHORT_ECORRUPT);
	EXPECT_SAID("lost its identity");
	cr_expect(scratch_entries(path) == 1);
	scratch_name(name, path, "tasks-1-0");
	cr_assert(!unlink(name));
	cr_assert(!chmod(path, 0777));
	cr_expect(open_with(sample_identity(1)) == COHORT_EINVAL);
	EXPECT_SAID("everybody");
	cr_assert(!chmod(path, 0755));
	put_file("identity.new");
	put_file("lock");
	cr_expect(open_with(sample_identity(1)) == COHORT_OK,
	          "of a run that died early: %s", cohort_error());
}

Test(journal, bad_paths_are_refused)
{
	const struct journal_identity identity = sample_identity(1);
	struct journal *journal;
	char name[SCRATCH_PATH];

	cr_expect(journal_open(NULL, &identity, &journal) == COHORT_EINVAL);
	cr_expect(journal_open("", &identity, &journal) == COHORT_EINVAL);
	EXPECT_SAID("empty");
	scratch_name(name, path, "below");
	cr_expect(journal_open(name, &identity, &journal) == COHORT_EINVAL);
	EXPECT_SAID("make that first");
	fclose(fopen(path, "w"));
	cr_expect(open_with(identity) == COHORT_EINVAL);
	EXPECT_SAID("not a directory");
	cr_expect(journal_open(name, &identity, &journal) == COHORT_EINVAL);
	EXPECT_SAID("make that first");
}

Test(journal, links_and_pipes_are_not_read)
{
	char name[SCRATCH_PATH];

	cr_assert(sample_run(path, 0, 0, 2) == COHORT_OK);
	scratch_name(name, path, "tasks-2-0");
	cr_assert(!symlink("tasks-1-0", name));
	cr_expect(sample_load(path).status == COHORT_ECORRUPT);
	EXPECT_SAID("tasks-2-0 is not a plain file");
	cr_assert(!unlink(name) && !mkfifo(name, 0600));
	cr_expect(sample_load(path).status == COHORT_ECORRUPT);
	EXPECT_SAID("tasks-2-0 is not a plain file");
}

Test(journal, a_file_of_another_place_is_refused)
{
	char other[SCRATCH_PATH];

	cr_assert(sample_run(path, 0, 0, 2) == COHORT_OK);
	const struct bytes file = scratch_load(path, "tasks-1-0");
	scratch_save(path, "tasks-1-1", file);
	cr_expect(sample_load(path).status == COHORT_ECORRUPT);
	EXPECT_SAID("tasks-1-1 is damaged at byte 0");
	EXPECT_SAID("another name");
	scratch_make(other);
	cr_assert(sample_run(other, 0, 0, 2) == COHORT_OK);
	scratch_save(other, "tasks-1-0", file);
	cr_expect(sample_load(other).status == COHORT_ECORRUPT);
	EXPECT_SAID("another journal");
	free(file.at);
	scratch_remove(other);
}

Test(journal, a_rank_must_find_the_roots)
{
	const struct journal_identity identity = sample_identity(TASKS);
	struct journal *journal;
	struct journal_writer *writer;
	char other[SCRATCH_PATH];

	scratch_make(other);
	cr_assert(sample_run(other, 0, 0, 1) == COHORT_OK);
	cr_assert(journal_open(path, &identity, &journal) == COHORT_OK);
	const struct journal_run run = journal_this_run(journal);
	cr_expect(journal_writer_open(other, &run, 3, NULL, &writer) ==
	          COHORT_EINVAL);
	EXPECT_SAID("rank 3");
	EXPECT_SAID("all ranks share");
	scratch_remove(other);
	cr_expect(journal_writer_open(other, &run, 3, NULL, &writer) ==
	          COHORT_EINVAL);
	EXPECT_SAID("all ranks share");
	cr_assert(journal_writer_open(path, &run, 3, NULL, &writer) ==
	          COHORT_OK);
	struct journal_writer *second;
	cr_expect(journal_writer_open(path, &run, 3, NULL, &second) ==
	          COHORT_EIO);
	EXPECT_SAID("tasks-1-3");
	cr_expect(journal_writer_close(writer) == COHORT_OK);
	journal_close(journal);
}

Test(journal, nothing_is_closed_twice)
{
	journal_close(NULL);
	cr_expect(journal_writer_close(NULL) == COHORT_OK);
}

Test(journal, an_identity_is_of_parameters_seed_and_program)
{
	struct journal_identity a;
	struct journal_identity b;
	uint64_t params[4] = {1, 2, 3, 4};
	uint64_t program[2];

	cr_assert(journal_identify(params, 4, 8, 7, &a) == COHORT_OK);
	cr_expect(a.count == 4 && a.param_bytes == 8 && a.seed == 7);
	params[3]++;
	cr_assert(journal_identify(params, 4, 8, 7, &b) == COHORT_OK);
	cr_expect(memcmp(a.params, b.params, sizeof(a.params)) != 0);
	cr_expect(!memcmp(a.program, b.program, sizeof(a.program)));
	const int fd = open("/proc/self/exe", O_RDONLY);
	const off_t bytes = lseek(fd, 0, SEEK_END);
	unsigned char *all = malloc((size_t)bytes);
	cr_assert(pread(fd, all, (size_t)bytes, 0) == bytes);
	hash_128(all, (size_t)bytes, program);
	cr_expect(!memcmp(a.program, program, sizeof(program)));
	free(all);
	close(fd);
	cr_expect(journal_identify(NULL, 5, 0, 0, &a) == COHORT_OK);
}
