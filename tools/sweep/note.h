/*
 * What a rank is doing, for `cohort status`: a small file in the sweep's
 * directory, `running-RUN-RANK`, which the rank writes at most once a second
 * while it has a task, and removes at the end. One that is old is of a sweep
 * that was killed.
 */
#ifndef TOOLS_SWEEP_NOTE_H
#define TOOLS_SWEEP_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NOTE_HOST_BYTES = 128 };

struct note {
	uint64_t run; /* of the sweep */
	int rank;
	int number; /* of the attempt at the task, from 0 */
	uint64_t index;
	double started; /* when the attempt began, seconds since 1970 */
	double written;
	char host[NOTE_HOST_BYTES];
};

struct note_writer {
	struct note note;
	char *path;
	int file;       /* -1: it cannot be written, which harms nobody */
	double written; /* when, on the clock that nobody sets */
};

/* All other functions accept a writer that is not open. */
void note_writer_init(struct note_writer *writer);

void note_writer_open(struct note_writer *writer, const char *folder,
                      uint64_t run, int rank);

/* An attempt begins. */
void note_begin(struct note_writer *writer, uint64_t index, int number,
                double started);

/* The attempt goes on. */
void note_again(struct note_writer *writer);

void note_writer_close(struct note_writer *writer);

/* Remove those of other runs than this one, which were killed. */
void notes_remove_old(const char *folder, uint64_t run);

/* The notes of the latest run in a sweep's directory, by their ranks; the
 * caller frees *notes. */
void notes_read(const char *folder, struct note **notes, size_t *count);

#endif
