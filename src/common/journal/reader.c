/*
 * All files are read twice. The first time every record is checked, and the
 * number of each task's last record in the order of reading is stored. The
 * second time exactly these records are passed on.
 */
#include "reader.h"

#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "directory.h"
#include "journal.h"
#include "scan.h"

#include <inttypes.h>
#include <stdlib.h>

struct journal_reading {
	const struct journal *journal;
	struct directory_contents list;
	uint64_t *whole; /* for each file, its bytes that are valid */
	uint64_t *last;  /* for each task, number of its last record; 0: none */
	uint64_t number; /* of the record that was read last, from 1 */
	journal_take *take;
	void *arg;
	struct journal_figures figures;
};

/* A journal_take of the first reading. */
static cohort_status store_number(void *arg,
                                  const struct journal_record *record)
{
	struct journal_reading *reading = arg;
	uint64_t *last = &reading->last[record->index];

	if (*last)
		reading->figures.superseded++;
	else
		reading->figures.records++;
	*last = ++reading->number;
	return COHORT_OK;
}

/* A journal_take of the second reading. */
static cohort_status take_if_last(void *arg,
                                  const struct journal_record *record)
{
	struct journal_reading *reading = arg;

	if (reading->last[record->index] != ++reading->number)
		return COHORT_OK;
	return reading->take(reading->arg, record);
}

/* Pass all records of a file to `take`. */
static cohort_status take_records(struct scan *scan, journal_take *take,
                                  void *arg)
{
	struct journal_record record;
	bool more = true;

	cohort_status status = window_open(&scan->window);
	while (status == COHORT_OK && more) {
		status = scan_next(scan, &record, &more);
		if (status == COHORT_OK && more)
			status = take(arg, &record);
	}
	window_close(&scan->window);
	return status;
}

/* Read file i: all of it or, if `size` is given, its first *size bytes, all of
 * which the first reading has found valid. */
static cohort_status read_tasks(struct journal_reading *reading, size_t i,
                                journal_take *take, const uint64_t *size)
{
	const struct journal *journal = reading->journal;
	const struct tasks_name *file = &reading->list.tasks[i];
	char name[TASKS_NAME_BYTES];
	struct scan scan = {
	    .window = {.path = journal->path, .name = name},
	    .run = journal->run,
	    .rank = file->rank,
	    .count = journal->count,
	    .check_only = !size,
	};
	struct file_window *window = &scan.window;

	tasks_name_print(*file, name);
	scan.run.run = file->run;
	cohort_status status = directory_read(journal->dir, journal->path, name,
	                                      &window->fd, &window->size);
	if (status != COHORT_OK)
		return status;
	if (size)
		window->size = *size;
	status = take_records(&scan, take, reading);
	descriptor_close(&window->fd);
	reading->whole[i] = window->offset;
	if (status != COHORT_OK || window_left(window) == 0)
		return status;
	if (size)
		return error_set(COHORT_ECORRUPT,
		                 "cohort_scatter: journal %s: %s has changed "
		                 "while it was read: let no other program "
		                 "write there",
		                 journal->path, name);
	reading->figures.torn++;
	reading->figures.torn_bytes += window_left(window);
	return COHORT_OK;
}

static cohort_status read_twice(struct journal_reading *reading)
{
	cohort_status status = COHORT_OK;
	const size_t count = reading->list.count;

	for (size_t i = 0; i < count && status == COHORT_OK; i++)
		status = read_tasks(reading, i, store_number, NULL);
	reading->number = 0;
	for (size_t i = 0; i < count && status == COHORT_OK; i++) {
		const uint64_t size = reading->whole[i];
		if (size > 0)
			status = read_tasks(reading, i, take_if_last, &size);
	}
	return status;
}

/* The record files of runs before this one. */
static cohort_status list_earlier_files(struct journal_reading *reading)
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

static bool allocate_numbers(struct journal_reading *reading)
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
	struct journal_reading reading = {
	    .journal = journal, .take = take, .arg = arg};

	cohort_status status = list_earlier_files(&reading);
	if (status == COHORT_OK && reading.list.count > 0)
		status =
		    allocate_numbers(&reading)
		        ? read_twice(&reading)
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
