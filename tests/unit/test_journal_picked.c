/* Journals: single records are read again, in any order. */
#define _POSIX_C_SOURCE 200809L
#include "common/journal/picked_files.h"
#include "scratch.h"

#include <criterion/criterion.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES = 12, LARGE = 200000 };

static char path[SCRATCH_PATH];
static struct journal *journal;
static struct journal_place places[FILES];
static struct picked_files files;

static void make(void)
{
	scratch_make(path);
}

static void unmake(void)
{
	journal_close(journal);
	scratch_remove(path);
}

TestSuite(journal_picked, .init = make, .fini = unmake);

static cohort_status note_place(void *arg, const struct journal_record *record)
{
	places[record->index] = journal_reading_place(arg);
	return COHORT_OK;
}

/* All results of the journal, by index. */
static void find_places(void)
{
	const struct journal_sweep sweep = sample_sweep(FILES);
	struct journal_reading *reading;
	struct journal_figures figures;
	unsigned char sets[2] = {0};

	cr_assert(journal_open(path, &sweep, &journal) == COHORT_OK);
	cr_assert(journal_reading_open(journal, &reading, &figures) ==
	          COHORT_OK);
	journal_reading_mark(reading, sets);
	cr_expect(sets[0] == 0xff && sets[1] == 0x0f && figures.records == 12);
	cr_assert(journal_reading_pass(reading, PASS_AGAIN, note_place,
	                               reading) == COHORT_OK);
	for (int i = 0; i < FILES; i++)
		places[i] = (struct journal_place){0};
	cr_assert(journal_reading_pass(reading, PASS_LAST, note_place,
	                               reading) == COHORT_OK);
	cr_assert(picked_files_open(&files, journal, reading) == COHORT_OK);
	journal_reading_close(reading);
}

static int count_descriptors(void)
{
	return scratch_entries("/proc/self/fd");
}

/* The files have two records each, all written by one run. */
static void make_files(void)
{
	for (int rank = 0; rank < FILES / 2; rank++)
		cr_assert(sample_run(path, rank, 2 * (uint64_t)rank,
		                     2 * (uint64_t)rank + 2) == COHORT_OK);
}

Test(journal_picked, records_are_read_in_any_order)
{
	struct journal_record record;

	for (int run = 0; run < 2; run++)
		make_files();
	find_places();
	const int before = count_descriptors();
	for (uint64_t i = 0; i < 20 * FILES; i++) {
		const uint64_t index = i * i * 7 % FILES;
		cr_assert(picked_files_read(&files, places[index], &record) ==
		          COHORT_OK);
		cr_expect(record.index == index && sample_matches(&record));
	}
	cr_expect(count_descriptors() <= before + PICKED_FILES);
	picked_files_close(&files);
	cr_expect(count_descriptors() == before);
}

static void write_large(uint64_t index, int rank, char fill)
{
	const struct journal_sweep sweep = sample_sweep(FILES);
	struct journal_writer *writer;
	char *data = malloc(LARGE);
	struct journal_record record = {
	    .index = index, .bytes = LARGE, .data = data};

	memset(data, fill, LARGE);
	cr_assert(journal_open(path, &sweep, &journal) == COHORT_OK);
	const struct journal_run run = journal_this_run(journal);
	cr_assert(journal_writer_open(path, &run, rank, NULL, &writer) ==
	          COHORT_OK);
	sample_digest(index, record.digest);
	cr_assert(journal_write(writer, &record) == COHORT_OK);
	cr_assert(journal_writer_close(writer) == COHORT_OK);
	journal_close(journal);
	free(data);
}

/* Some are larger than what is read at once. */
Test(journal_picked, sizes_differ)
{
	struct journal_record record;

	make_files();
	write_large(3, 0, 'a');
	write_large(9, 1, 'b');
	find_places();
	for (size_t i = 0; i < 5 * (size_t)FILES; i++) {
		const size_t index = i * 5 % FILES;
		cr_assert(picked_files_read(&files, places[index], &record) ==
		          COHORT_OK);
		if (index != 3 && index != 9) {
			cr_expect(sample_matches(&record));
			continue;
		}
		const char *data = record.data;
		cr_expect(record.bytes == LARGE);
		for (size_t b = 0; b < LARGE; b++)
			cr_assert(data[b] == (index == 3 ? 'a' : 'b'));
	}
	picked_files_close(&files);
}

/* What was changed after it was found is not taken for a result. */
Test(journal_picked, changes_are_noticed)
{
	struct journal_record record;
	char name[SCRATCH_PATH];

	make_files();
	find_places();
	struct bytes file = scratch_load(path, "tasks-1-0");
	file.at[places[1].at + 8] ^= 1;
	scratch_save(path, "tasks-1-0", file);
	free(file.at);
	scratch_name(name, path, "tasks-2-1");
	cr_assert(!truncate(name, 100));
	scratch_name(name, path, "tasks-3-2");
	cr_assert(!unlink(name));
	cr_expect(picked_files_read(&files, places[0], &record) == COHORT_OK &&
	          sample_matches(&record));
	cr_expect(picked_files_read(&files, places[1], &record) ==
	          COHORT_ECORRUPT);
	cr_expect(strstr(cohort_error(), "tasks-1-0") != NULL);
	cr_expect(picked_files_read(&files, places[3], &record) ==
	          COHORT_ECORRUPT);
	cr_expect(strstr(cohort_error(), "tasks-2-1") != NULL);
	cr_expect(picked_files_read(&files, places[5], &record) == COHORT_EIO);
	cr_expect(picked_files_read(&files, places[6], &record) == COHORT_OK &&
	          sample_matches(&record));
	picked_files_close(&files);
}
