#define _POSIX_C_SOURCE 200809L
#include "note.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/own_file.h"
#include "base/text.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A note is one line of so many bytes, so that a reader never sees the end of
 * another one behind it. */
enum { LINE_BYTES = 384 };

static const double period = 1;

static const char prefix[] = "running-";

void note_writer_init(struct note_writer *writer)
{
	*writer = (struct note_writer){.file = -1};
}

void note_writer_open(struct note_writer *writer, const char *folder,
                      uint64_t run, int rank)
{
	struct text path = {0};

	*writer = (struct note_writer){
	    .note = {.run = run, .rank = rank},
	};
	if (gethostname(writer->note.host, NOTE_HOST_BYTES - 1))
		strcpy(writer->note.host, "?");
	text_print(&path, "%s/%s%" PRIu64 "-%d", folder, prefix, run, rank);
	text_string(&path);
	writer->path = path.bytes;
	writer->file = own_file_make(writer->path);
	writer->written = clock_seconds() - period;
}

static void write_note(struct note_writer *writer)
{
	const struct note *note = &writer->note;
	char line[LINE_BYTES + 1];

	const int used = snprintf(
	    line, sizeof(line), "%" PRIu64 " %d %" PRIu64 " %d %.6f %.6f %s",
	    note->run, note->rank, note->index, note->number, note->started,
	    note->written, note->host);
	memset(line + used, ' ', (size_t)(LINE_BYTES - used));
	line[LINE_BYTES - 1] = '\n';
	if (pwrite(writer->file, line, LINE_BYTES, 0) != LINE_BYTES) {
		close(writer->file);
		writer->file = -1;
	}
}

void note_again(struct note_writer *writer)
{
	const double time = clock_seconds();

	if (writer->file < 0 || time - writer->written < period)
		return;
	writer->written = time;
	writer->note.written = clock_since_1970();
	write_note(writer);
}

void note_begin(struct note_writer *writer, uint64_t index, int number,
                double started)
{
	writer->note.index = index;
	writer->note.number = number;
	writer->note.started = started;
	note_again(writer);
}

void note_writer_close(struct note_writer *writer)
{
	if (writer->file >= 0)
		close(writer->file);
	if (writer->path)
		unlink(writer->path);
	free(writer->path);
	note_writer_init(writer);
}

void notes_remove_old(const char *folder, uint64_t run)
{
	DIR *directory = opendir(folder);
	struct text path = {0};
	struct dirent *entry;
	uint64_t other;

	while (directory && (entry = readdir(directory))) {
		if (sscanf(entry->d_name, "running-%" SCNu64 "-", &other) !=
		        1 ||
		    other == run)
			continue;
		text_clear(&path);
		text_print(&path, "%s/%s", folder, entry->d_name);
		unlink(text_string(&path));
	}
	text_free(&path);
	if (directory)
		closedir(directory);
}

/* ---- reading ---- */

static bool read_note(const char *folder, const char *name, struct note *out)
{
	struct text path = {0};
	char line[LINE_BYTES + 1];

	text_print(&path, "%s/%s", folder, name);
	const int file = own_file_read(text_string(&path));
	text_free(&path);
	if (file < 0)
		return false;
	const ssize_t got = read(file, line, LINE_BYTES);
	close(file);
	if (got < LINE_BYTES)
		return false;
	line[got] = '\0';
	return sscanf(line, "%" SCNu64 " %d %" SCNu64 " %d %lf %lf %127s",
	              &out->run, &out->rank, &out->index, &out->number,
	              &out->started, &out->written, out->host) == 7;
}

static int compare_ranks(const void *a, const void *b)
{
	const struct note *left = a;
	const struct note *right = b;

	return (left->rank > right->rank) - (left->rank < right->rank);
}

/* Leaves those of the latest run. */
static void drop_old_runs(struct note *notes, size_t *count)
{
	uint64_t last = 0;
	size_t used = 0;

	for (size_t i = 0; i < *count; i++)
		if (notes[i].run > last)
			last = notes[i].run;
	for (size_t i = 0; i < *count; i++)
		if (notes[i].run == last)
			notes[used++] = notes[i];
	*count = used;
}

void notes_read(const char *folder, struct note **notes, size_t *count)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;
	struct note note;

	*notes = NULL;
	*count = 0;
	while (directory && (entry = readdir(directory))) {
		if (strncmp(entry->d_name, prefix, sizeof(prefix) - 1) != 0 ||
		    !read_note(folder, entry->d_name, &note))
			continue;
		*notes = memory_resize(*notes, *count + 1, sizeof(**notes));
		(*notes)[(*count)++] = note;
	}
	if (directory)
		closedir(directory);
	drop_old_runs(*notes, count);
	if (*count > 0)
		qsort(*notes, *count, sizeof(**notes), compare_ranks);
}
