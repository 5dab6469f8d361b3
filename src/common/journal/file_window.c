#define _GNU_SOURCE /* SEEK_DATA */
#include "file_window.h"

#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "common/base/plural.h"
#include "file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

cohort_status window_open(struct file_window *window)
{
	window->room = window->piece ? window->piece : WINDOW_PIECE_BYTES;
	window->memory = malloc(window->room);
	if (!window->memory)
		return error_sys("cohort_scatter: malloc to read a journal");
	return COHORT_OK;
}

void window_close(struct file_window *window)
{
	free(window->memory);
	window->memory = NULL;
}

void window_move(struct file_window *window, uint64_t offset, uint64_t size)
{
	window->offset = offset;
	window->size = size;
	window->begin = 0;
	window->end = 0;
}

void window_go_to(struct file_window *window, uint64_t offset)
{
	if (offset >= window->offset &&
	    offset - window->offset <= window->end - window->begin)
		window_consume(window, offset - window->offset);
	else
		window_move(window, offset, window->size);
}

uint64_t window_left(const struct file_window *window)
{
	return window->size - window->offset;
}

cohort_status window_damaged(const struct file_window *window, uint64_t offset,
                             const char *damage)
{
	return error_set(COHORT_ECORRUPT,
	                 "cohort_scatter: journal %s: %s is damaged at byte "
	                 "%" PRIu64 ": %s; put it back from a copy, or remove "
	                 "this file, and its tasks run again",
	                 window->path, window->name, offset, damage);
}

/* Move what has not been consumed to the beginning of the memory, and have room
 * for `bytes` bytes in all. */
static bool window_resize(struct file_window *window, size_t bytes)
{
	memmove(window->memory, window->memory + window->begin,
	        window->end - window->begin);
	window->end -= window->begin;
	window->begin = 0;
	if (bytes <= window->room)
		return true;
	unsigned char *grown = realloc(window->memory, bytes);
	if (!grown)
		return false;
	window->memory = grown;
	window->room = bytes;
	return true;
}

static cohort_status too_large(const struct file_window *window, uint64_t bytes)
{
	errno = ENOMEM;
	return error_sys("cohort_scatter: journal %s: %s: malloc of %" PRIu64
	                 " byte%s",
	                 window->path, window->name, bytes, plural(bytes));
}

/* malloc may promise more than this, and then the system ends the process when
 * it is used. */
static uint64_t physical_memory(void)
{
	const long pages = sysconf(_SC_PHYS_PAGES);
	const long page = sysconf(_SC_PAGESIZE);

	return pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page
	                             : SIZE_MAX / 2;
}

cohort_status window_fits(const struct file_window *window, uint64_t bytes)
{
	/* The system is asked for its memory only where it matters. */
	return bytes <= window->room || bytes <= physical_memory()
	           ? COHORT_OK
	           : too_large(window, bytes);
}

/* Read on until `bytes` bytes are in memory, or more. */
static cohort_status window_fill(struct file_window *window, uint64_t bytes)
{
	size_t got;

	if (!window_resize(window, (size_t)bytes))
		return too_large(window, bytes);
	if (!descriptor_read_at(window->fd, window->offset + window->end,
	                        window->memory + window->end,
	                        window->room - window->end, &got))
		return file_error(window->path, "read", window->name);
	window->reads++;
	window->end += got;
	if (bytes <= window->end)
		return COHORT_OK;
	return window_damaged(window, window->offset + window->end,
	                      "it became shorter while it was read");
}

const unsigned char *window_read(struct file_window *window, uint64_t bytes)
{
	if (bytes > window->end - window->begin) {
		window->status = window_fill(window, bytes);
		if (window->status != COHORT_OK)
			return NULL;
	}
	return window->memory + window->begin;
}

void window_consume(struct file_window *window, uint64_t bytes)
{
	window->begin += (size_t)bytes;
	window->offset += bytes;
}

/* All that was read is consumed: pass over a hole in the file, which is zeros.
 * A sparse file can be larger than anybody has time to read. */
static void window_skip_hole(struct file_window *window)
{
	off_t data = lseek(window->fd, (off_t)window->offset, SEEK_DATA);

	if (data < 0 && errno == ENXIO)
		data = (off_t)window->size;
	if (data < (off_t)window->offset)
		data = (off_t)window->offset; /* the system has no SEEK_DATA */
	if (data > (off_t)window->size)
		data = (off_t)window->size;
	window->offset = (uint64_t)data;
}

cohort_status window_check_zeros(struct file_window *window, bool *zeros)
{
	const uint64_t begin = window->offset;

	*zeros = true;
	while (*zeros && window_left(window) > 0) {
		if (window->begin == window->end)
			window_skip_hole(window);
		if (window_left(window) == 0)
			break;
		const unsigned char *byte = window_read(window, 1);
		if (!byte)
			return window->status;
		*zeros = *byte == 0;
		window_consume(window, 1);
	}
	window->offset = begin;
	return COHORT_OK;
}

cohort_status window_refuse_rest(struct file_window *window, const char *damage)
{
	bool zeros;
	cohort_status status = window_check_zeros(window, &zeros);

	if (status == COHORT_OK && !zeros)
		status = window_damaged(window, window->offset, damage);
	return status;
}
