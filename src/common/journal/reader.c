/*
 * Twice through all files: first every record is checked and the last one of
 * each task noted, by its number in the order of reading; then those are
 * handed over.
 */
#include "common/base/error.h"
#include "directory.h"
#include "file.h"
#include "journal_private.h"
#include "scan.h"

#include <inttypes.h>
#include <stdlib.h>

struct reading {
	const struct journal *journal;
	struct directory_contents list;
	uint64_t *whole; /* bytes of each file that count */
	uint64_t *last;  /* of each task, the record that counts, from 1 */
	uint64_t number; /* of the record that was read last */
	journal_take *take;
	void *arg;
	struct journal_figures figures;
};

static cohort_status note(void *arg, const struct journal_record *record)
{
	struct reading *reading = arg;
	uint64_t *last = &reading->last[record->index];

	if (*last)
		reading->figures.superseded++;
	else
		reading->figures.records++;
	*last = ++reading->number;
	return COHORT_OK;
}

static cohort_status choose(void *arg, const struct journal_record *record)
{
	struct reading *reading = arg;

	if (reading->last[record->index] != ++reading->number)
		return COHORT_OK;
	return reading->take(reading->arg, record);
}

/* Of `size` bytes, unless that is NULL: then of all that there are. */
static cohort_status read_file(struct reading *reading, size_t i,
                               journal_take *take, const uint64_t *size)
{
	const struct journal *journal = reading->journal;
	const struct tasks_name *file = &reading->list.tasks[i];
	char name[TASKS_NAME_BYTES];
	struct scan scan = {
	    .path = journal->path,
	    .name = name,
	    .run = journal->run,
	    .rank = file->rank,
	    .count = journal->count,
	    .take = take,
	    .arg = reading,
	};

	tasks_name_print(*file, name);
	scan.run.run = file->run;
	cohort_status status = directory_read(journal->dir, journal->path, name,
	                                      &scan.fd, &scan.size);
	if (status != COHORT_OK)
		return status;
	if (size)
		scan.size = *size;
	status = scan_tasks(&scan, &reading->whole[i]);
	file_close(scan.fd);
	if (status != COHORT_OK || reading->whole[i] == scan.size)
		return status;
	if (size)
		return error_set(COHORT_ECORRUPT,
		                 "cohort_scatter: journal %s: %s has changed "
		                 "while it was read: let nobody write there",
		                 journal->path, name);
	reading->figures.torn++;
	reading->figures.torn_bytes += scan.size - reading->whole[i];
	return COHORT_OK;
}

static cohort_status read_files(struct reading *reading)
{
	cohort_status status = COHORT_OK;
	const size_t count = reading->list.count;

	for (size_t i = 0; i < count && status == COHORT_OK; i++)
		status = read_file(reading, i, note, NULL);
	reading->number = 0;
	for (size_t i = 0; i < count && status == COHORT_OK; i++) {
		const uint64_t size = reading->whole[i];
		if (size > 0)
			status = read_file(reading, i, choose, &size);
	}
	return status;
}

/* The record files of runs before this one. */
static cohort_status list_files(struct reading *reading)
{
	const struct journal *journal = reading->journal;
	struct directory_contents *list = &reading->list;

	cohort_status status =
	    directory_list(journal->dir, journal->path, list);
	if (status != COHORT_OK)
		return status;
	while (list->count > 0 &&
	       list->tasks[list->count - 1].run >= journal->run.run)
		list->count--;
	reading->figures.files = list->count;
	return COHORT_OK;
}

static bool allocate(struct reading *reading)
{
	const uint64_t count = reading->journal->count;

	reading->whole = calloc(reading->list.count, sizeof(uint64_t));
	if (count <= SIZE_MAX)
		reading->last =
		    calloc(count ? (size_t)count : 1, sizeof(uint64_t));
	return reading->whole && reading->last;
}

cohort_status journal_read(const struct journal *journal, journal_take *take,
                           void *arg, struct journal_figures *figures)
{
	struct reading reading = {.journal = journal, .take = take, .arg = arg};

	cohort_status status = list_files(&reading);
	if (status == COHORT_OK && reading.list.count > 0)
		status =
		    allocate(&reading)
		        ? read_files(&reading)
		        : error_set(COHORT_ENOMEM,
		                    "cohort_scatter: no memory to note "
		                    "which of %" PRIu64 " tasks a journal has",
		                    journal->count);
	free(reading.list.tasks);
	free(reading.whole);
	free(reading.last);
	if (status == COHORT_OK)
		*figures = reading.figures;
	return status;
}
