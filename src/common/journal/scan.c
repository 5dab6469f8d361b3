/*
 * The file is read in pieces of a megabyte, and a record that is larger in one
 * piece of its size, which is known not to exceed the file's.
 */
#include "scan.h"

#include "common/base/error.h"
#include "file.h"
#include "format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = 1 << 20 };

struct source {
	const struct scan *scan;
	unsigned char *bytes; /* from `offset` of the file on, */
	size_t begin;         /* after these, which are dealt with, */
	size_t end;           /* up to here */
	size_t room;
	uint64_t offset; /* of what is next */
};

static uint64_t left(const struct source *source)
{
	return source->scan->size - source->offset;
}

static cohort_status damaged(const struct source *source, uint64_t offset,
                             const char *what)
{
	const struct scan *scan = source->scan;

	return error_set(COHORT_ECORRUPT,
	                 "cohort_scatter: journal %s: %s is damaged at byte "
	                 "%" PRIu64 ": %s; put it back from a copy, or remove "
	                 "this file, and its tasks run again",
	                 scan->path, scan->name, offset, what);
}

static bool make_room(struct source *source, size_t bytes)
{
	memmove(source->bytes, source->bytes + source->begin,
	        source->end - source->begin);
	source->end -= source->begin;
	source->begin = 0;
	if (bytes <= source->room)
		return true;
	unsigned char *grown = realloc(source->bytes, bytes);
	if (!grown)
		return false;
	source->bytes = grown;
	source->room = bytes;
	return true;
}

/* The next `bytes` bytes, which are no more than are left. They stand until
 * the next call. */
static cohort_status need(struct source *source, uint64_t bytes,
                          const unsigned char **out)
{
	const struct scan *scan = source->scan;
	size_t got;

	if (bytes > source->end - source->begin) {
		if (bytes > SIZE_MAX / 2 || !make_room(source, (size_t)bytes)) {
			errno = ENOMEM;
			return error_sys("cohort_scatter: journal %s: %s: "
			                 "malloc of %" PRIu64 " bytes",
			                 scan->path, scan->name, bytes);
		}
		if (!file_read(scan->fd, source->bytes + source->end,
		               source->room - source->end, &got))
			return file_error(scan->path, "read", scan->name);
		source->end += got;
	}
	if (bytes > source->end - source->begin)
		return damaged(source,
		               source->offset + source->end - source->begin,
		               "it became shorter while it was read");
	*out = source->bytes + source->begin;
	return COHORT_OK;
}

static void pass(struct source *source, uint64_t bytes)
{
	source->begin += (size_t)bytes;
	source->offset += bytes;
}

/* What does not check from here on: a tail of zeros, which is what some file
 * systems make of an append that a power cut has ended, or damage. Nothing can
 * be read after this. */
static cohort_status judge(struct source *source, const char *what)
{
	const uint64_t begin = source->offset;
	const unsigned char *byte;
	cohort_status status = COHORT_OK;
	bool zeros = true;

	while (zeros && status == COHORT_OK && left(source) > 0) {
		status = need(source, 1, &byte);
		zeros = status != COHORT_OK || *byte == 0;
		pass(source, 1);
	}
	source->offset = begin;
	return zeros ? status : damaged(source, begin, what);
}

static cohort_status read_head(struct source *source, bool *more)
{
	const struct scan *scan = source->scan;
	const struct format_tasks expected =
	    format_make_tasks(&scan->run, scan->rank);
	const unsigned char *bytes;

	*more = left(source) >= sizeof(expected);
	if (!*more)
		return COHORT_OK;
	cohort_status status = need(source, sizeof(expected), &bytes);
	if (status != COHORT_OK)
		return status;
	if (memcmp(bytes, &expected, sizeof(expected)) == 0) {
		pass(source, sizeof(expected));
		return COHORT_OK;
	}
	*more = false;
	return judge(source,
	             format_check(bytes, sizeof(expected), FORMAT_TASKS_MAGIC,
	                          sizeof(expected)) == FORMAT_DAMAGED
	                 ? "its head is not what was written"
	                 : "it is of another journal, or has another "
	                   "name than it was given");
}

static cohort_status hand_over(const struct scan *scan,
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

static cohort_status read_record(struct source *source, bool *more)
{
	const struct scan *scan = source->scan;
	struct format_record head;
	const unsigned char *bytes;

	*more = false;
	if (left(source) < sizeof(head))
		return COHORT_OK;
	cohort_status status = need(source, sizeof(head), &bytes);
	if (status != COHORT_OK)
		return status;
	if (!format_read_record(bytes, scan->count, &head))
		return judge(source, "a record's header is not what was "
		                     "written");
	const uint64_t whole = sizeof(head) + format_body_bytes(&head);
	if (left(source) < whole)
		return COHORT_OK;
	status = need(source, whole, &bytes);
	if (status != COHORT_OK)
		return status;
	if (!format_check_body(&head, bytes + sizeof(head)))
		return damaged(source, source->offset,
		               "a task's result is not what was written");
	status = hand_over(scan, &head, bytes + sizeof(head));
	pass(source, whole);
	*more = true;
	return status;
}

cohort_status scan_tasks(const struct scan *scan, uint64_t *whole)
{
	struct source source = {.scan = scan, .room = PIECE_BYTES};
	cohort_status status;
	bool more;

	source.bytes = malloc(source.room);
	if (!source.bytes)
		return error_sys("cohort_scatter: malloc to read a journal");
	status = read_head(&source, &more);
	while (status == COHORT_OK && more && left(&source) > 0)
		status = read_record(&source, &more);
	free(source.bytes);
	if (status == COHORT_OK)
		*whole = source.offset;
	return status;
}
