/*
 * The file is read in pieces of a megabyte. A larger record is read in one
 * piece of its size only when its result is wanted. By then the first reading
 * has checked it piece by piece, so a record that only claims to be large takes
 * no memory.
 */
#include "scan.h"

#include "common/base/descriptor.h"
#include "file.h"
#include "hash.h"
#include "scan_head.h"
#include "torn.h"

#include <string.h>

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

/* What is at the window's offset. */
enum scan_step {
	STEP_END,     /* nothing, or an incomplete record, or zeros */
	STEP_RECORD,  /* a record, which was returned */
	STEP_DROPPED, /* one that does not count, which was passed over */
	STEP_PIECE    /* a piece of one, which was passed over */
};

/* Check a record that is larger than a piece, and pass it over. */
static cohort_status check_large_record(struct file_window *window,
                                        const struct format_record *header,
                                        size_t header_bytes,
                                        struct journal_record *out, bool *good)
{
	const uint64_t begin = window->offset;
	struct body_pieces pieces = {.window = window,
	                             .left = format_body_bytes(header)};
	struct format_record without_body = *header;
	uint64_t hash;

	window_consume(window, header_bytes);
	if (!hash_64_of_pieces(next_body_piece, &pieces, &hash))
		return window->status;
	*good = format_is_body(header, hash, pieces.last);
	if (!*good)
		window_move(window, begin, window->size);
	without_body.bytes = 0;
	without_body.error_bytes = 0;
	*out = make_record(&without_body, NULL);
	return COHORT_OK;
}

static cohort_status read_record(struct file_window *window,
                                 const struct format_record *header,
                                 size_t header_bytes,
                                 struct journal_record *out, bool *good)
{
	const uint64_t whole = header_bytes + format_body_bytes(header);
	const unsigned char *bytes = window_read(window, whole);

	if (!bytes)
		return window->status;
	*good = format_check_body(header, bytes + header_bytes);
	*out = make_record(header, bytes + header_bytes);
	if (*good)
		window_consume(window, whole);
	return COHORT_OK;
}

/* A record whose header is right and whose bytes are there. */
static cohort_status take_record(struct scan *scan, size_t header_bytes,
                                 struct journal_record *out, bool *good)
{
	struct file_window *window = &scan->window;
	const struct format_record *header = &scan->found.record;
	const uint64_t whole = header_bytes + format_body_bytes(header);
	const struct scan_mark mark = {window->offset, header->checksum};

	cohort_status status = window_fits(window, whole);
	if (status != COHORT_OK)
		return status;
	status =
	    scan->check_only && whole > WINDOW_PIECE_BYTES
	        ? check_large_record(window, header, header_bytes, out, good)
	        : read_record(window, header, header_bytes, out, good);
	if (status == COHORT_OK && *good && !scan->found.dropped)
		scan->last = mark;
	return status;
}

/* In a file of one rank there are no pieces but at its end. */
static bool may_be_torn(const struct scan *scan)
{
	return scan->head.head.version == FORMAT_SHARED_VERSION;
}

static void pass_piece(struct scan *scan, uint64_t bytes, enum scan_step *step)
{
	struct file_window *window = &scan->window;

	window_go_to(window, window->offset + bytes);
	scan->torn++;
	scan->torn_bytes += bytes;
	*step = STEP_PIECE;
}

/* There is no header. */
static cohort_status pass_header(struct scan *scan, enum scan_step *step)
{
	struct file_window *window = &scan->window;
	cohort_status status = COHORT_OK;
	uint64_t bytes = 0;

	if (may_be_torn(scan))
		status = torn_overlap(window, &scan->head, &bytes);
	if (status == COHORT_OK && bytes > 0) {
		window_move(window, window->offset - bytes, window->size);
		*step = STEP_PIECE;
		return COHORT_OK;
	}
	if (status == COHORT_OK && may_be_torn(scan))
		status = torn_header(window, &scan->head, &bytes);
	if (status != COHORT_OK)
		return status;
	if (bytes == 0)
		return window_refuse_rest(
		    window, "a record's header is not what was written");
	pass_piece(scan, bytes, step);
	return COHORT_OK;
}

/* There is a header of a record of `whole` bytes, and not its body. */
static cohort_status pass_body(struct scan *scan, uint64_t whole,
                               enum scan_step *step)
{
	struct file_window *window = &scan->window;
	cohort_status status = COHORT_OK;
	uint64_t bytes = 0;

	if (may_be_torn(scan))
		status = torn_body(window, &scan->head, whole, &bytes);
	if (status != COHORT_OK)
		return status;
	if (bytes > 0)
		pass_piece(scan, bytes, step);
	else if (window_left(window) >= whole)
		return window_damaged(
		    window, window->offset,
		    "a task's result is not what was written");
	return COHORT_OK;
}

static cohort_status scan_step(struct scan *scan, struct journal_record *out,
                               enum scan_step *step)
{
	struct file_window *window = &scan->window;
	const size_t header_bytes =
	    format_record_bytes(scan->head.head.version);
	bool good = false;

	*step = STEP_END;
	if (window_left(window) < header_bytes)
		return COHORT_OK;
	const unsigned char *bytes = window_read(window, header_bytes);
	if (!bytes)
		return window->status;
	if (!format_read_record(bytes, &scan->head, &scan->found))
		return pass_header(scan, step);
	const uint64_t whole =
	    header_bytes + format_body_bytes(&scan->found.record);
	if (window_left(window) < whole)
		return pass_body(scan, whole, step);
	cohort_status status = take_record(scan, header_bytes, out, &good);
	if (status != COHORT_OK)
		return status;
	if (!good)
		return pass_body(scan, whole, step);
	*step = scan->found.dropped ? STEP_DROPPED : STEP_RECORD;
	return COHORT_OK;
}

/* Pieces count as such if a whole record follows. Those at the end are a part
 * of the rest, which is incomplete. */
struct scan_end {
	uint64_t offset;
	uint64_t torn;
	uint64_t torn_bytes;
};

static void go_back(struct scan *scan, const struct scan_end *end)
{
	struct file_window *window = &scan->window;

	if (window->offset != end->offset)
		window_move(window, end->offset, window->size);
	scan->torn = end->torn;
	scan->torn_bytes = end->torn_bytes;
}

static cohort_status scan_record(struct scan *scan, struct journal_record *out,
                                 bool *more)
{
	enum scan_step step = STEP_DROPPED;
	struct scan_end end = {0};
	cohort_status status = COHORT_OK;

	while (status == COHORT_OK &&
	       (step == STEP_DROPPED || step == STEP_PIECE)) {
		if (step == STEP_DROPPED)
			end = (struct scan_end){scan->window.offset, scan->torn,
			                        scan->torn_bytes};
		status = scan_step(scan, out, &step);
	}
	if (status == COHORT_OK && step == STEP_END)
		go_back(scan, &end);
	*more = step == STEP_RECORD;
	return status;
}

cohort_status scan_next(struct scan *scan, struct journal_record *out,
                        bool *more)
{
	struct file_window *window = &scan->window;
	cohort_status status = window->offset == 0
	                           ? scan_head_read(scan, more)
	                           : scan_head_fetch(scan, more);

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
	unsigned char bytes[sizeof(struct format_shared_record)];
	struct format_found found;
	size_t got;

	cohort_status status = scan_head_fetch(scan, there);
	if (status != COHORT_OK || !*there)
		return status;
	const uint32_t version = scan->head.head.version;
	if (!descriptor_read_at(window->fd, mark->offset, bytes, sizeof(bytes),
	                        &got))
		return file_error(window->path, "read", window->name);
	*there = got >= format_record_bytes(version) &&
	         format_read_record(bytes, &scan->head, &found) &&
	         found.record.checksum == mark->checksum;
	return COHORT_OK;
}
