/*
 * The file is read in pieces of a megabyte. A larger record is read in one
 * piece of its size only when its result is wanted. By then the first reading
 * has checked it piece by piece, so a record that only claims to be large takes
 * no memory.
 */
#include "scan.h"

#include "common/base/descriptor.h"
#include "file.h"
#include "format.h"
#include "hash.h"

#include <string.h>

/* From here on the file does not check. It is damaged, unless the rest is
 * zeros: some file systems leave zeros where a power cut has interrupted an
 * append. Nothing can be read after this. */
static cohort_status check_tail(struct file_window *window, const char *damage)
{
	bool zeros;
	cohort_status status = window_check_zeros(window, &zeros);

	if (status == COHORT_OK && !zeros)
		status = window_damaged(window, window->offset, damage);
	return status;
}

/* *more receives whether records may follow. */
static cohort_status scan_head(struct scan *scan, bool *more)
{
	struct file_window *window = &scan->window;
	const struct format_tasks expected =
	    format_make_tasks(&scan->run, scan->rank);

	*more = false;
	if (window_left(window) < sizeof(expected))
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

static struct journal_record make_record(const struct format_record *head,
                                         const unsigned char *body)
{
	return (struct journal_record){
	    .index = head->index,
	    .bytes = head->bytes,
	    .data = head->bytes ? body : NULL,
	    .error = head->error_bytes ? (const char *)body + head->bytes : "",
	    .seconds = head->seconds,
	    .rank = head->rank,
	    .status = head->status,
	    .attempts = head->attempts,
	};
}

/* A record's body, piece by piece. */
struct body_pieces {
	struct file_window *window;
	uint64_t left;
	unsigned char last; /* byte of the piece that was read last */
};

/* A hash_next. */
static bool next_body_piece(void *arg, const void **bytes, size_t *count)
{
	struct body_pieces *pieces = arg;

	*count = pieces->left < WINDOW_PIECE_BYTES ? (size_t)pieces->left
	                                           : WINDOW_PIECE_BYTES;
	if (*count == 0)
		return true;
	const unsigned char *piece = window_read(pieces->window, *count);
	if (!piece)
		return false;
	*bytes = piece;
	pieces->last = piece[*count - 1];
	pieces->left -= *count;
	window_consume(pieces->window, *count);
	return true;
}

static cohort_status body_damaged(const struct file_window *window,
                                  uint64_t offset)
{
	return window_damaged(window, offset,
	                      "a task's result is not what was written");
}

/* Check a record that is larger than a piece, and pass it over. */
static cohort_status check_large_record(struct file_window *window,
                                        const struct format_record *head,
                                        struct journal_record *out)
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
	*out = make_record(&without_body, NULL);
	return COHORT_OK;
}

static cohort_status read_record(struct file_window *window,
                                 const struct format_record *head,
                                 struct journal_record *out)
{
	const uint64_t whole = sizeof(*head) + format_body_bytes(head);
	const unsigned char *bytes = window_read(window, whole);

	if (!bytes)
		return window->status;
	if (!format_check_body(head, bytes + sizeof(*head)))
		return body_damaged(window, window->offset);
	*out = make_record(head, bytes + sizeof(*head));
	window_consume(window, whole);
	return COHORT_OK;
}

static cohort_status scan_record(struct scan *scan, struct journal_record *out,
                                 bool *more)
{
	struct file_window *window = &scan->window;
	struct format_record head;

	*more = false;
	if (window_left(window) < sizeof(head))
		return COHORT_OK;
	const unsigned char *bytes = window_read(window, sizeof(head));
	if (!bytes)
		return window->status;
	if (!format_read_record(bytes, scan->count, &head))
		return check_tail(window,
		                  "a record's header is not what was written");
	const uint64_t whole = sizeof(head) + format_body_bytes(&head);
	if (window_left(window) < whole)
		return COHORT_OK;
	cohort_status status = window_fits(window, whole);
	if (status != COHORT_OK)
		return status;
	*more = true;
	scan->last = (struct scan_mark){window->offset, head.checksum};
	return scan->check_only && whole > WINDOW_PIECE_BYTES
	           ? check_large_record(window, &head, out)
	           : read_record(window, &head, out);
}

cohort_status scan_next(struct scan *scan, struct journal_record *out,
                        bool *more)
{
	if (scan->window.offset == 0) {
		cohort_status status = scan_head(scan, more);
		if (status != COHORT_OK || !*more)
			return status;
	}
	return scan_record(scan, out, more);
}

cohort_status scan_find(const struct scan *scan, const struct scan_mark *mark,
                        bool *there)
{
	const struct file_window *window = &scan->window;
	unsigned char bytes[sizeof(struct format_record)];
	struct format_record head;
	size_t got;

	if (!descriptor_read_at(window->fd, mark->offset, bytes, sizeof(bytes),
	                        &got))
		return file_error(window->path, "read", window->name);
	*there = got == sizeof(bytes) &&
	         format_read_record(bytes, scan->count, &head) &&
	         head.checksum == mark->checksum;
	return COHORT_OK;
}
