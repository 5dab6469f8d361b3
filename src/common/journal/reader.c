/*
 * All files are read twice or more often. The first time every record is
 * checked and noted. Then it is decided which records are results of the
 * sweep. After that exactly these are passed on.
 */
#include "reader.h"

#include "assignment.h"
#include "common/base/bit_set.h"
#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "directory.h"
#include "journal.h"
#include "scan.h"

#include <stdlib.h>

/* A megabyte of what is noted of records. */
enum { FORGET_EVERY = 1 << 17 };

struct journal_reading {
	const struct journal *journal;
	struct directory_contents list;
	uint64_t *whole; /* for each file, its bytes that are valid */
	uint64_t before; /* bytes of the files before the one that is read */
	struct assignment assignment;
	uint64_t number; /* of records that this pass has read */
	enum journal_pass pass;
	journal_take *take;
	void *arg;
	struct journal_place place; /* of the record that `take` has */
	struct journal_figures figures;
};

/* Receives the records of a file with this head in turn. */
typedef cohort_status take_read(struct journal_reading *reading,
                                const struct format_tasks *head,
                                const struct journal_record *record);

/* A take_read of the first reading. */
static cohort_status note_record(struct journal_reading *reading,
                                 const struct format_tasks *head,
                                 const struct journal_record *record)
{
	return assignment_note(&reading->assignment, head, record);
}

/* A take_read of the second reading. */
static cohort_status pass_on_result(struct journal_reading *reading,
                                    const struct format_tasks *head,
                                    const struct journal_record *record)
{
	struct assignment *assignment = &reading->assignment;
	const uint64_t number = reading->number++;
	struct journal_record result = *record;

	(void)head;
	if (reading->pass == PASS_LAST && number % FORGET_EVERY == 0)
		noted_forget(&assignment->noted, number);
	if (!assignment_has(assignment, number, &result.index))
		return COHORT_OK;
	return reading->take(reading->arg, &result);
}

/* Pass all records of a file to `take`. */
static cohort_status take_records(struct journal_reading *reading,
                                  struct scan *scan, take_read *take)
{
	struct journal_record record;
	bool more = true;

	cohort_status status = window_open(&scan->window);
	while (status == COHORT_OK && more) {
		status = scan_next(scan, &record, &more);
		reading->place.at = reading->before + scan->last.offset;
		if (status == COHORT_OK && more)
			status = take(reading, &scan->head, &record);
	}
	window_close(&scan->window);
	return status;
}

/* Read file i: all of it or, if `size` is given, its first *size bytes, all of
 * which the first reading has found valid. */
static cohort_status read_tasks(struct journal_reading *reading, size_t i,
                                take_read *take, const uint64_t *size)
{
	const struct journal *journal = reading->journal;
	const struct tasks_name *file = &reading->list.tasks[i];
	char name[TASKS_NAME_BYTES];
	struct scan scan = {
	    .window = {.path = journal->path, .name = name},
	    .run = journal->run,
	    .rank = file->rank,
	    .count = journal->old_count,
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
	status = take_records(reading, &scan, take);
	descriptor_close(&window->fd);
	reading->whole[i] = window->offset;
	if (!size) {
		reading->figures.torn += scan.torn;
		reading->figures.torn_bytes += scan.torn_bytes;
	}
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

static cohort_status note_all(struct journal_reading *reading)
{
	const struct tasks_name *tasks = reading->list.tasks;
	cohort_status status = COHORT_OK;

	for (size_t i = 0; i < reading->list.count && status == COHORT_OK;
	     i++) {
		if (i == 0 || tasks[i].run != tasks[i - 1].run)
			status = assignment_next_run(&reading->assignment);
		if (status == COHORT_OK)
			status = read_tasks(reading, i, note_record, NULL);
	}
	return status;
}

static cohort_status note_and_decide(struct journal_reading *reading)
{
	struct journal_figures *figures = &reading->figures;

	reading->whole = calloc(reading->list.count + 1, sizeof(uint64_t));
	if (!reading->whole)
		return error_sys("cohort_scatter: calloc to read a journal");
	cohort_status status = note_all(reading);
	if (status == COHORT_OK)
		status =
		    assignment_decide(&reading->assignment, &figures->records);
	if (status == COHORT_OK)
		figures->unused =
		    reading->assignment.noted.count - figures->records;
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

cohort_status journal_reading_open(const struct journal *journal,
                                   struct journal_reading **out,
                                   struct journal_figures *figures)
{
	struct journal_reading *reading = calloc(1, sizeof(*reading));

	if (!reading)
		return error_sys("cohort_scatter: calloc to read a journal");
	reading->journal = journal;
	reading->assignment.sweep = &journal->sweep;
	cohort_status status = list_earlier_files(reading);
	if (status == COHORT_OK)
		status = note_and_decide(reading);
	if (status != COHORT_OK) {
		journal_reading_close(reading);
		return status;
	}
	*figures = reading->figures;
	*out = reading;
	return COHORT_OK;
}

void journal_reading_mark(const struct journal_reading *reading,
                          unsigned char *sets)
{
	const struct assignment *assignment = &reading->assignment;
	uint64_t index;

	for (uint64_t i = 0; i < assignment->noted.count; i++)
		if (assignment_has(assignment, i, &index))
			bits_add(sets, (size_t)index);
}

cohort_status journal_reading_pass(struct journal_reading *reading,
                                   enum journal_pass pass, journal_take *take,
                                   void *arg)
{
	cohort_status status = COHORT_OK;

	reading->pass = pass;
	reading->take = take;
	reading->arg = arg;
	reading->number = 0;
	reading->before = 0;
	for (size_t i = 0; i < reading->list.count && status == COHORT_OK;
	     i++) {
		const uint64_t size = reading->whole[i];
		if (size > 0)
			status = read_tasks(reading, i, pass_on_result, &size);
		reading->before += size;
	}
	return status;
}

struct journal_place
journal_reading_place(const struct journal_reading *reading)
{
	return reading->place;
}

cohort_status journal_reading_files(const struct journal_reading *reading,
                                    struct journal_files *out)
{
	const size_t count = reading->list.count;
	struct journal_files files = {
	    .names = calloc(count + 1, sizeof(*files.names)),
	    .begins = calloc(count + 1, sizeof(*files.begins)),
	    .count = count,
	};

	if (!files.names || !files.begins) {
		journal_files_free(&files);
		return error_sys("cohort_scatter: calloc to read a journal");
	}
	for (size_t i = 0; i < count; i++) {
		files.names[i] = reading->list.tasks[i];
		files.begins[i + 1] = files.begins[i] + reading->whole[i];
	}
	*out = files;
	return COHORT_OK;
}

void journal_files_free(struct journal_files *files)
{
	free(files->names);
	free(files->begins);
	*files = (struct journal_files){0};
}

void journal_reading_close(struct journal_reading *reading)
{
	if (!reading)
		return;
	free(reading->list.tasks);
	free(reading->whole);
	assignment_close(&reading->assignment);
	free(reading);
}

cohort_status journal_read(const struct journal *journal, journal_take *take,
                           void *arg, struct journal_figures *figures)
{
	struct journal_reading *reading;
	struct journal_figures found;

	cohort_status status = journal_reading_open(journal, &reading, &found);
	if (status != COHORT_OK)
		return status;
	status = journal_reading_pass(reading, PASS_LAST, take, arg);
	journal_reading_close(reading);
	if (status == COHORT_OK)
		*figures = found;
	return status;
}
