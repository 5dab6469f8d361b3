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
#include "format_1.h"
#include "hash.h"

#include <string.h>

/* Of a head of any later version. */
enum { HEAD_MOST = 4096 };

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

/* Why this head cannot be read; NULL if the file cannot be. */
static const char *describe_head(struct file_window *window)
{
	const uint64_t left = window_left(window);
	const size_t bytes = left < HEAD_MOST ? (size_t)left : HEAD_MOST;
	const unsigned char *block = window_read(window, bytes);

	if (!block)
		return NULL;
	return format_check(block, bytes, FORMAT_TASKS_MAGIC) == FORMAT_DAMAGED
	           ? "its head is not what was written"
	           : "it is of another version of cohort, or in another byte "
	             "order";
}

static cohort_status refuse_head(struct file_window *window)
{
	const char *damage = describe_head(window);

	return damage ? check_tail(window, damage) : window->status;
}

/* Of the file's head, as far as its first fields say; 0: it is none that this
 * version reads. */
static size_t tasks_head_bytes(const unsigned char *first)
{
	struct format_head head;

	memcpy(&head, first, sizeof(head));
	const size_t bytes = format_bytes(FORMAT_TASKS_MAGIC, head.version);
	return head.mark == FORMAT_MARK && head.bytes == bytes ? bytes : 0;
}

/* Whether the head in `scan` is that of the file. */
static bool has_head(const struct scan *scan)
{
	const struct format_tasks *head = &scan->head;

	return !memcmp(head->head.id, scan->run.id, sizeof(head->head.id)) &&
	       head->run == scan->run.run && head->rank == scan->rank;
}

/* The block is a good head. False if it is that of another file. */
static bool take_head(struct scan *scan, const void *block)
{
	format_read_tasks(block, &scan->head);
	if (scan->head.head.version == FORMAT_1_VERSION)
		scan->head.count = scan->count;
	return has_head(scan);
}

/* *more receives whether records may follow. */
static cohort_status scan_head(struct scan *scan, bool *more)
{
	struct file_window *window = &scan->window;

	*more = false;
	if (window_left(window) < sizeof(struct format_head))
		return COHORT_OK;
	const unsigned char *block =
	    window_read(window, sizeof(struct format_head));
	if (!block)
		return window->status;
	const size_t bytes = tasks_head_bytes(block);
	if (bytes == 0)
		return refuse_head(window);
	if (window_left(window) < bytes)
		return COHORT_OK;
	block = window_read(window, bytes);
	if (!block)
		return window->status;
	if (format_check(block, bytes, FORMAT_TASKS_MAGIC) != FORMAT_GOOD)
		return refuse_head(window);
	*more = take_head(scan, block);
	if (!*more)
		return check_tail(
		    window, "it is of another journal, or has been renamed");
	window_consume(window, bytes);
	return COHORT_OK;
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
	    .flags = head->flags,
	    .digest = {head->digest[0], head->digest[1]},
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
                                        const struct format_record *header,
                                        size_t header_bytes,
                                        struct journal_record *out)
{
	const uint64_t begin = window->offset;
	struct body_pieces pieces = {.window = window,
	                             .left = format_body_bytes(header)};
	struct format_record without_body = *header;
	uint64_t hash;

	window_consume(window, header_bytes);
	if (!hash_64_of_pieces(next_body_piece, &pieces, &hash))
		return window->status;
	if (!format_is_body(header, hash, pieces.last))
		return body_damaged(window, begin);
	without_body.bytes = 0;
	without_body.error_bytes = 0;
	*out = make_record(&without_body, NULL);
	return COHORT_OK;
}

static cohort_status read_record(struct file_window *window,
                                 const struct format_record *header,
                                 size_t header_bytes,
                                 struct journal_record *out)
{
	const uint64_t whole = header_bytes + format_body_bytes(header);
	const unsigned char *bytes = window_read(window, whole);

	if (!bytes)
		return window->status;
	if (!format_check_body(header, bytes + header_bytes))
		return body_damaged(window, window->offset);
	*out = make_record(header, bytes + header_bytes);
	window_consume(window, whole);
	return COHORT_OK;
}

static cohort_status scan_record(struct scan *scan, struct journal_record *out,
                                 bool *more)
{
	struct file_window *window = &scan->window;
	const uint32_t version = scan->head.head.version;
	const size_t header_bytes = format_record_bytes(version);
	struct format_record header;

	*more = false;
	if (window_left(window) < header_bytes)
		return COHORT_OK;
	const unsigned char *bytes = window_read(window, header_bytes);
	if (!bytes)
		return window->status;
	if (!format_read_record(bytes, version, scan->head.count, &header))
		return check_tail(window,
		                  "a record's header is not what was written");
	const uint64_t whole = header_bytes + format_body_bytes(&header);
	if (window_left(window) < whole)
		return COHORT_OK;
	cohort_status status = window_fits(window, whole);
	if (status != COHORT_OK)
		return status;
	*more = true;
	scan->last = (struct scan_mark){window->offset, header.checksum};
	return scan->check_only && whole > WINDOW_PIECE_BYTES
	           ? check_large_record(window, &header, header_bytes, out)
	           : read_record(window, &header, header_bytes, out);
}

/* In the middle of the file: have its head. *found receives whether it has one
 * now. */
static cohort_status fetch_head(struct scan *scan, bool *found)
{
	const struct file_window *window = &scan->window;
	unsigned char block[sizeof(struct format_tasks)];
	size_t got;

	*found = has_head(scan);
	if (*found)
		return COHORT_OK;
	if (!descriptor_read_at(window->fd, 0, block, sizeof(block), &got))
		return file_error(window->path, "read", window->name);
	*found = format_check(block, got, FORMAT_TASKS_MAGIC) == FORMAT_GOOD &&
	         take_head(scan, block);
	return COHORT_OK;
}

cohort_status scan_next(struct scan *scan, struct journal_record *out,
                        bool *more)
{
	struct file_window *window = &scan->window;
	cohort_status status = window->offset == 0 ? scan_head(scan, more)
	                                           : fetch_head(scan, more);

	if (status != COHORT_OK)
		return status;
	if (!*more && window->offset > 0)
		return window_damaged(window, 0,
		                      "its head is not what was written");
	return *more ? scan_record(scan, out, more) : COHORT_OK;
}

cohort_status scan_find(struct scan *scan, const struct scan_mark *mark,
                        bool *there)
{
	const struct file_window *window = &scan->window;
	unsigned char bytes[sizeof(struct format_record)];
	struct format_record header;
	size_t got;

	cohort_status status = fetch_head(scan, there);
	if (status != COHORT_OK || !*there)
		return status;
	const uint32_t version = scan->head.head.version;
	if (!descriptor_read_at(window->fd, mark->offset, bytes, sizeof(bytes),
	                        &got))
		return file_error(window->path, "read", window->name);
	*there =
	    got >= format_record_bytes(version) &&
	    format_read_record(bytes, version, scan->head.count, &header) &&
	    header.checksum == mark->checksum;
	return COHORT_OK;
}
