/*
 * The file is read in pieces of a megabyte. A larger record is read in one
 * piece of its size only when its result is wanted. By then the first reading
 * has checked it piece by piece, so a record that only claims to be large takes
 * no memory.
 */
#define _GNU_SOURCE /* SEEK_DATA */
#include "scan.h"

#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "file.h"
#include "format.h"
#include "hash.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE_BYTES = 1 << 20 };

/* The part of the file that is in memory. */
struct scan_window {
	const struct scan *scan;
	unsigned char *memory;
	size_t room;          /* of the memory */
	size_t begin;         /* in memory, of the bytes to be consumed next */
	size_t end;           /* in memory, of what has been read */
	uint64_t offset;      /* in the file, of `begin` */
	cohort_status status; /* of the last window_read that failed */
};

/* Of the file, behind what has been consumed. */
static uint64_t bytes_left(const struct scan_window *window)
{
	return window->scan->size - window->offset;
}

static cohort_status file_damaged(const struct scan_window *window,
                                  uint64_t offset, const char *damage)
{
	const struct scan *scan = window->scan;

	return error_set(COHORT_ECORRUPT,
	                 "cohort_scatter: journal %s: %s is damaged at byte "
	                 "%" PRIu64 ": %s; put it back from a copy, or remove "
	                 "this file, and its tasks run again",
	                 scan->path, scan->name, offset, damage);
}

/* Move what has not been consumed to the beginning of the memory, and have room
 * for `bytes` bytes in all. */
static bool window_resize(struct scan_window *window, size_t bytes)
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

/* malloc may promise more than this, and then the system ends the process when
 * it is used. */
static uint64_t physical_memory(void)
{
	const long pages = sysconf(_SC_PHYS_PAGES);
	const long page = sysconf(_SC_PAGESIZE);

	return pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page
	                             : SIZE_MAX / 2;
}

static cohort_status too_large(const struct scan_window *window, uint64_t bytes)
{
	errno = ENOMEM;
	return error_sys("cohort_scatter: journal %s: %s: malloc of %" PRIu64
	                 " bytes",
	                 window->scan->path, window->scan->name, bytes);
}

/* Read on until `bytes` bytes are in memory, or more. */
static cohort_status window_fill(struct scan_window *window, uint64_t bytes)
{
	const struct scan *scan = window->scan;
	size_t got;

	if (!window_resize(window, (size_t)bytes))
		return too_large(window, bytes);
	if (!descriptor_read(scan->fd, window->memory + window->end,
	                     window->room - window->end, &got))
		return file_error(scan->path, "read", scan->name);
	window->end += got;
	if (bytes <= window->end)
		return COHORT_OK;
	return file_damaged(window, window->offset + window->end,
	                    "it became shorter while it was read");
}

/* The next `bytes` bytes, of which the caller knows that they are left. They
 * are valid until the next call. NULL if they cannot be had; window->status
 * then says why. */
static const unsigned char *window_read(struct scan_window *window,
                                        uint64_t bytes)
{
	if (bytes > window->end - window->begin) {
		window->status = window_fill(window, bytes);
		if (window->status != COHORT_OK)
			return NULL;
	}
	return window->memory + window->begin;
}

static void window_consume(struct scan_window *window, uint64_t bytes)
{
	window->begin += (size_t)bytes;
	window->offset += bytes;
}

/* All that was read is consumed: pass over a hole in the file, which is zeros.
 * A sparse file can be larger than anybody has time to read. */
static void window_skip_hole(struct scan_window *window)
{
	const int fd = window->scan->fd;
	off_t data = lseek(fd, (off_t)window->offset, SEEK_DATA);

	if (data < 0 && errno == ENXIO)
		data = (off_t)window->scan->size;
	if (data < (off_t)window->offset)
		data = (off_t)window->offset; /* the system has no SEEK_DATA */
	if (data > (off_t)window->scan->size)
		data = (off_t)window->scan->size;
	if (lseek(fd, data, SEEK_SET) == data)
		window->offset = (uint64_t)data;
}

/* From here on the file does not check. It is damaged, unless the rest is
 * zeros: some file systems leave zeros where a power cut has interrupted an
 * append. Nothing can be read after this. */
static cohort_status check_tail(struct scan_window *window, const char *damage)
{
	const uint64_t begin = window->offset;

	while (bytes_left(window) > 0) {
		if (window->begin == window->end)
			window_skip_hole(window);
		if (bytes_left(window) == 0)
			break;
		const unsigned char *byte = window_read(window, 1);
		if (!byte)
			return window->status;
		if (*byte != 0)
			return file_damaged(window, begin, damage);
		window_consume(window, 1);
	}
	window->offset = begin;
	return COHORT_OK;
}

/* *more receives whether records may follow. */
static cohort_status scan_head(struct scan_window *window, bool *more)
{
	const struct scan *scan = window->scan;
	const struct format_tasks expected =
	    format_make_tasks(&scan->run, scan->rank);

	*more = false;
	if (bytes_left(window) < sizeof(expected))
		return COHORT_OK;
	const unsigned char *bytes = window_read(window, sizeof(expected));
	if (!bytes)
		return window->status;
	*more = memcmp(bytes, &expected, sizeof(expected)) == 0;
	if (*more) {
		window_consume(window, sizeof(expected));
		return COHORT_OK;
	}
	const enum format_verdict verdict = format_check(
	    bytes, sizeof(expected), FORMAT_TASKS_MAGIC, sizeof(expected));
	return check_tail(window, verdict == FORMAT_DAMAGED
	                              ? "its head is not what was written"
	                              : "it is of another journal, or has been "
	                                "renamed");
}

static cohort_status take_record(const struct scan *scan,
                                 const struct format_record *head,
                                 const unsigned char *body)
{
	const struct journal_record record = {
	    .index = head->index,
	    .bytes = head->bytes,
	    .data = head->bytes ? body : NULL,
	    .error = head->error_bytes ? (const char *)body + head->bytes : "",
	    .seconds = head->seconds,
	    .rank = head->rank,
	    .status = head->status,
	    .attempts = head->attempts,
	};
	return scan->take(scan->arg, &record);
}

/* A record's body, piece by piece. */
struct body_pieces {
	struct scan_window *window;
	uint64_t left;
	unsigned char last; /* byte of the piece that was read last */
};

/* A hash_next. */
static bool next_body_piece(void *arg, const void **bytes, size_t *count)
{
	struct body_pieces *pieces = arg;

	*count =
	    pieces->left < PIECE_BYTES ? (size_t)pieces->left : PIECE_BYTES;
	if (*count == 0)
		return true;
	const unsigned char *piece = window_read(pieces->window, *count);
	if (!piece)
		return false;
	*bytes = piece;
	pieces->last = piece[*count - 1];
	pieces->left -= *count;
	/* The bytes stay where they are until the next window_read. */
	window_consume(pieces->window, *count);
	return true;
}

static cohort_status body_damaged(const struct scan_window *window,
                                  uint64_t offset)
{
	return file_damaged(window, offset,
	                    "a task's result is not what was written");
}

/* Check a record that is larger than a piece, and pass it over. */
static cohort_status check_large_record(struct scan_window *window,
                                        const struct format_record *head)
{
	const uint64_t begin = window->offset;
	struct body_pieces pieces = {.window = window,
	                             .left = format_body_bytes(head)};
	uint64_t hash;

	window_consume(window, sizeof(*head));
	if (!hash_64_of_pieces(next_body_piece, &pieces, &hash))
		return window->status;
	if (!format_is_body(head, hash, pieces.last))
		return body_damaged(window, begin);
	const struct format_record without_body = {.index = head->index};
	return take_record(window->scan, &without_body, NULL);
}

static cohort_status read_record(struct scan_window *window,
                                 const struct format_record *head)
{
	const uint64_t whole = sizeof(*head) + format_body_bytes(head);
	const unsigned char *bytes = window_read(window, whole);

	if (!bytes)
		return window->status;
	if (!format_check_body(head, bytes + sizeof(*head)))
		return body_damaged(window, window->offset);
	cohort_status status =
	    take_record(window->scan, head, bytes + sizeof(*head));
	window_consume(window, whole);
	return status;
}

/* *more receives whether this was a whole record, after which others may
 * follow. */
static cohort_status scan_record(struct scan_window *window, bool *more)
{
	const struct scan *scan = window->scan;
	struct format_record head;

	*more = false;
	if (bytes_left(window) < sizeof(head))
		return COHORT_OK;
	const unsigned char *bytes = window_read(window, sizeof(head));
	if (!bytes)
		return window->status;
	if (!format_read_record(bytes, scan->count, &head))
		return check_tail(window,
		                  "a record's header is not what was written");
	const uint64_t whole = sizeof(head) + format_body_bytes(&head);
	if (bytes_left(window) < whole)
		return COHORT_OK;
	if (whole > physical_memory())
		return too_large(window, whole);
	*more = true;
	return scan->check_only && whole > PIECE_BYTES
	           ? check_large_record(window, &head)
	           : read_record(window, &head);
}

cohort_status scan_tasks(const struct scan *scan, uint64_t *whole)
{
	struct scan_window window = {.scan = scan, .room = PIECE_BYTES};
	bool more;

	window.memory = malloc(window.room);
	if (!window.memory)
		return error_sys("cohort_scatter: malloc to read a journal");
	cohort_status status = scan_head(&window, &more);
	while (status == COHORT_OK && more && bytes_left(&window) > 0)
		status = scan_record(&window, &more);
	free(window.memory);
	if (status == COHORT_OK)
		*whole = window.offset;
	return status;
}
