/*
 * A few files stay open, each with a piece of it in memory. The records of one
 * rank usually follow each other there in the order of their sets, so most of
 * them are in memory already. One file takes the place of another by its run
 * and rank alone: which are read next is not known.
 */
#include "picked_files.h"

#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "common/base/sorted_search.h"
#include "directory.h"
#include "journal.h"
#include "scan.h"

#include <stdlib.h>

enum { PICKED_PIECE_BYTES = 64 << 10 };

struct picked_file {
	struct tasks_name id;
	char name[TASKS_NAME_BYTES];
	struct scan scan;
};

static void close_file(struct picked_files *files, size_t slot)
{
	struct picked_file *file = files->files[slot];

	if (!file)
		return;
	if (files->last == file)
		files->last = NULL;
	files->files[slot] = NULL;
	window_close(&file->scan.window);
	descriptor_close(&file->scan.window.fd);
	free(file);
}

static size_t picked_slot(struct tasks_name id)
{
	return (id.run + (size_t)id.rank) % PICKED_FILES;
}

static bool is_same(struct tasks_name a, struct tasks_name b)
{
	return a.run == b.run && a.rank == b.rank;
}

/* In the slot, which is empty. */
static cohort_status open_file(struct picked_files *files, size_t slot,
                               struct tasks_name id)
{
	const struct journal *journal = files->journal;
	struct picked_file *file = calloc(1, sizeof(*file));

	if (!file)
		return error_sys("cohort_scatter: calloc to read a journal");
	struct file_window *window = &file->scan.window;
	files->files[slot] = file;
	file->id = id;
	tasks_name_print(id, file->name);
	file->scan.run = journal->run;
	file->scan.run.run = id.run;
	file->scan.rank = id.rank;
	file->scan.count = journal->old_count;
	window->fd = -1;
	window->path = journal->path;
	window->name = file->name;
	window->piece = PICKED_PIECE_BYTES;
	cohort_status status = window_open(window);
	if (status == COHORT_OK)
		status = directory_read(journal->dir, journal->path, file->name,
		                        &window->fd, &window->size);
	if (status != COHORT_OK)
		close_file(files, slot);
	return status;
}

/* The file, open. Only one has memory for a record that is larger than a
 * piece. */
static cohort_status pick(struct picked_files *files, struct tasks_name id,
                          struct picked_file **out)
{
	const size_t slot = picked_slot(id);
	struct picked_file *last = files->last;
	cohort_status status = COHORT_OK;

	if (last && !is_same(last->id, id) &&
	    last->scan.window.room > PICKED_PIECE_BYTES)
		close_file(files, picked_slot(last->id));
	if (files->files[slot] && !is_same(files->files[slot]->id, id))
		close_file(files, slot);
	if (!files->files[slot])
		status = open_file(files, slot, id);
	if (status == COHORT_OK)
		*out = files->last = files->files[slot];
	return status;
}

cohort_status picked_files_open(struct picked_files *files,
                                const struct journal *journal,
                                const struct journal_reading *reading)
{
	*files = (struct picked_files){.journal = journal};
	return journal_reading_files(reading, &files->all);
}

cohort_status picked_files_read(struct picked_files *files,
                                struct journal_place place,
                                struct journal_record *out)
{
	const size_t i =
	    sorted_find_last(files->all.begins, files->all.count, place.at);
	const uint64_t offset = place.at - files->all.begins[i];
	struct picked_file *file;
	bool more;

	cohort_status status = pick(files, files->all.names[i], &file);
	if (status != COHORT_OK)
		return status;
	struct file_window *window = &file->scan.window;
	if (offset < window->size)
		window_go_to(window, offset);
	else
		window_move(window, window->size, window->size);
	status = scan_next(&file->scan, out, &more);
	if (status == COHORT_OK && !more)
		status = window_damaged(window, offset,
		                        "it has changed since it was checked");
	return status;
}

void picked_files_close(struct picked_files *files)
{
	for (size_t i = 0; i < PICKED_FILES; i++)
		close_file(files, i);
	journal_files_free(&files->all);
}
