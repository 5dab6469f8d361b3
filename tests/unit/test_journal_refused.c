/* Directories that are refused: journals of another sweep or in use, and
 * directories that are no journals. */
#define _GNU_SOURCE
#include "scratch.h"

#include "common/journal/directory.h"

#include <criterion/criterion.h>

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

TestSuite(journal_refused, .init = make, .fini = unmake);

static cohort_status open_with(struct journal_sweep sweep)
{
	struct journal *journal = NULL;
	cohort_status status = journal_open(path, &sweep, &journal);

	journal_close(journal);
	return status;
}

/* Two opens in one process exclude each other, too. */
Test(journal_refused, one_run_at_a_time)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	struct journal *journal;
	char words[64];

	cr_assert(journal_open(path, &sweep, &journal) == COHORT_OK);
	cr_expect(open_with(sweep) == COHORT_ESTATE);
	snprintf(words, sizeof(words), "process %ld on ", (long)getpid());
	EXPECT_SAID(words);
	const struct bytes other = {(unsigned char *)"gibberish %n%s\n", 15};
	scratch_save(path, LOCK_NAME, other);
	cr_expect(open_with(sweep) == COHORT_ESTATE);
	EXPECT_SAID("another run");
	journal_close(journal);
	cr_expect(open_with(sweep) == COHORT_OK, "%s", cohort_error());
}

Test(journal_refused, another_identity_is_refused)
{
	static const struct {
		size_t offset; /* of a word of the identity */
		const char *words;
	} fields[] = {
	    {offsetof(struct journal_identity, param_bytes), "bytes and not"},
	    {offsetof(struct journal_identity, identity), "job.identity"},
	    {offsetof(struct journal_identity, identity) + 8, "job.identity"},
	    {offsetof(struct journal_identity, program), "another program"},
	    {offsetof(struct journal_identity, program) + 8, "another program"},
	};

	cr_assert(sample_run(path, 0, 0, 2) == COHORT_OK);
	const int entries = scratch_entries(path);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		struct journal_sweep other = sample_sweep(TASKS);
		uint64_t word;
		memcpy(&word, (char *)&other.identity + fields[i].offset,
		       sizeof(word));
		word++;
		memcpy((char *)&other.identity + fields[i].offset, &word,
		       sizeof(word));
		cr_expect(open_with(other) == COHORT_EINVAL, "field %zu", i);
		EXPECT_SAID(fields[i].words);
		EXPECT_SAID(path);
	}
	struct journal_sweep other = sample_sweep(TASKS);
	other.identity.param_bytes = 4;
	other.identity.identity[0] = 9;
	other.identity.program[0] = 9;
	cr_expect(open_with(other) == COHORT_EINVAL);
	EXPECT_SAID("of parameter sets of 8 bytes and not 4, with another "
	            "job.identity, of another program");
	other = sample_sweep(TASKS);
	other.identity.param_bytes = PARAM_SIZES_DIFFER;
	cr_expect(open_with(other) == COHORT_EINVAL);
	EXPECT_SAID("of parameter sets of 8 bytes each and not of differing");
	cr_expect(scratch_entries(path) == entries);
	cr_expect(sample_load(path).records == 2);
}

static void put_file(const char *name)
{
	const struct bytes nothing = {(unsigned char *)"x", 1};

	scratch_save(path, name, nothing);
}

Test(journal_refused, other_names_are_let_be)
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
	const struct loaded loaded = sample_load(path);
	cr_expect(loaded.status == COHORT_OK && loaded.records == 2 &&
	              loaded.figures.files == 1,
	          "%s", cohort_error());
}

Test(journal_refused, other_directories_are_refused)
{
	char name[SCRATCH_PATH];

	cr_assert(!mkdir(path, 0755));
	put_file("thesis.tex");
	cr_expect(open_with(sample_sweep(1)) == COHORT_EINVAL);
	EXPECT_SAID("not empty");
	cr_expect(scratch_entries(path) == 1);
	scratch_name(name, path, "thesis.tex");
	cr_assert(!unlink(name));
	put_file("tasks-1-0");
	cr_expect(open_with(sample_sweep(1)) == COHORT_ECORRUPT);
	EXPECT_SAID("no file \"identity\"");
	cr_expect(scratch_entries(path) == 1);
	scratch_name(name, path, "tasks-1-0");
	cr_assert(!unlink(name));
	cr_assert(!chmod(path, 0777));
	cr_expect(open_with(sample_sweep(1)) == COHORT_EINVAL);
	EXPECT_SAID("every user");
	cr_assert(!chmod(path, 0755));
	put_file("identity.new");
	put_file("lock");
	cr_expect(open_with(sample_sweep(1)) == COHORT_OK,
	          "a run that died early has left this: %s", cohort_error());
}

Test(journal_refused, bad_paths_are_refused)
{
	const struct journal_sweep sweep = sample_sweep(1);
	struct journal *journal;
	char name[SCRATCH_PATH];

	cr_expect(journal_open(NULL, &sweep, &journal) == COHORT_EINVAL);
	cr_expect(journal_open("", &sweep, &journal) == COHORT_EINVAL);
	EXPECT_SAID("empty");
	scratch_name(name, path, "below");
	cr_expect(journal_open(name, &sweep, &journal) == COHORT_EINVAL);
	EXPECT_SAID("create that first");
	fclose(fopen(path, "w"));
	cr_expect(open_with(sweep) == COHORT_EINVAL);
	EXPECT_SAID("not a directory");
	cr_expect(journal_open(name, &sweep, &journal) == COHORT_EINVAL);
	EXPECT_SAID("create that first");
}

Test(journal_refused, links_and_pipes_are_not_read)
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

Test(journal_refused, a_file_of_another_place_is_refused)
{
	char other[SCRATCH_PATH];

	cr_assert(sample_run(path, 0, 0, 2) == COHORT_OK);
	const struct bytes file = scratch_load(path, "tasks-1-0");
	scratch_save(path, "tasks-1-1", file);
	cr_expect(sample_load(path).status == COHORT_ECORRUPT);
	EXPECT_SAID("tasks-1-1 is damaged at byte 0");
	EXPECT_SAID("renamed");
	scratch_make(other);
	cr_assert(sample_run(other, 0, 0, 2) == COHORT_OK);
	scratch_save(other, "tasks-1-0", file);
	cr_expect(sample_load(other).status == COHORT_ECORRUPT);
	EXPECT_SAID("another journal");
	free(file.at);
	scratch_remove(other);
}

Test(journal_refused, a_rank_must_find_the_roots)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	struct journal *journal;
	struct journal_writer *writer;
	char other[SCRATCH_PATH];

	scratch_make(other);
	cr_assert(sample_run(other, 0, 0, 1) == COHORT_OK);
	cr_assert(journal_open(path, &sweep, &journal) == COHORT_OK);
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
