/* A record file that is read in pieces, forwards. What has been read and not
 * yet consumed is in memory. */
#ifndef COHORT_COMMON_JOURNAL_FILE_WINDOW_H
#define COHORT_COMMON_JOURNAL_FILE_WINDOW_H

#include "cohort.h"

enum { WINDOW_PIECE_BYTES = 1 << 20 };

/* The caller sets the first four fields, and may set piece and offset; only
 * file_window.c uses those behind `reads`. */
struct file_window {
	int fd;
	uint64_t size;    /* of the file, of which later bytes are ignored */
	const char *path; /* of the journal, for sentences */
	const char *name; /* of the file, for sentences */
	size_t piece;     /* bytes read at once; 0: WINDOW_PIECE_BYTES */
	uint64_t offset;  /* in the file, of the byte to be consumed next */
	uint64_t reads;   /* how often a piece of the file was read */
	unsigned char *memory;
	size_t room;          /* of the memory */
	size_t begin;         /* in memory, of the byte to be consumed next */
	size_t end;           /* in memory, of what has been read */
	cohort_status status; /* of the last window_read that failed */
};

/* Have memory for one piece. window_close releases it, and leaves the
 * descriptor open. */
COHORT_CHECKED cohort_status window_open(struct file_window *window);
void window_close(struct file_window *window);

/* Go on at an offset, of this file or of another one, with a new size.
 * Whatever is in memory is forgotten. */
void window_move(struct file_window *window, uint64_t offset, uint64_t size);

/* Go on at another offset of this file. What is in memory behind it stays. */
void window_go_to(struct file_window *window, uint64_t offset);

/* Bytes behind what has been consumed. */
uint64_t window_left(const struct file_window *window);

/* The next `bytes` bytes, of which the caller knows that they are left. They
 * are valid until the next call. NULL if they cannot be read; window->status
 * is COHORT_ENOMEM, COHORT_EIO or COHORT_ECORRUPT then, with its sentence. */
const unsigned char *window_read(struct file_window *window, uint64_t bytes);

/* The next `bytes` bytes, which window_read has returned, are done. They stay
 * in memory until the next window_read. */
void window_consume(struct file_window *window, uint64_t bytes);

/* Whether all bytes that are left are zeros, in *zeros. Consumes none; nothing
 * can be read after this. */
COHORT_CHECKED cohort_status window_check_zeros(struct file_window *window,
                                                bool *zeros);

/* COHORT_ENOMEM if this machine cannot have `bytes` bytes in memory. */
COHORT_CHECKED cohort_status window_fits(const struct file_window *window,
                                         uint64_t bytes);

/* Returns COHORT_ECORRUPT with a sentence about the file. */
cohort_status window_damaged(const struct file_window *window, uint64_t offset,
                             const char *damage);

/* From here on the file does not check. It is damaged, and the status is
 * COHORT_ECORRUPT, unless the rest is zeros: some file systems leave zeros
 * where a power cut has interrupted an append. Nothing can be read after
 * this. */
COHORT_CHECKED cohort_status window_refuse_rest(struct file_window *window,
                                                const char *damage);

#endif
