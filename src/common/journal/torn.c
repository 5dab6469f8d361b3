#include "torn.h"

enum { MAGIC_BYTES = 4 };

cohort_status torn_overlap(struct file_window *window,
                           const struct format_tasks *head, uint64_t *bytes)
{
	const size_t header = format_record_bytes(head->head.version);
	const uint64_t offset = window->offset;
	struct format_found found;

	*bytes = 0;
	window->status = COHORT_OK;
	if (offset < head->head.bytes + header)
		return COHORT_OK;
	window_move(window, offset - (MAGIC_BYTES - 1), window->size);
	const unsigned char *at = window_read(window, header + MAGIC_BYTES - 1);
	for (size_t i = 0; at && i < MAGIC_BYTES - 1 && *bytes == 0; i++)
		if (format_read_record(at + i, head, &found))
			*bytes = MAGIC_BYTES - 1 - i;
	window_go_to(window, offset);
	return window->status;
}

cohort_status torn_header(struct file_window *window,
                          const struct format_tasks *head, uint64_t *bytes)
{
	const size_t header = format_record_bytes(head->head.version);
	const uint64_t left = window_left(window);
	const size_t most = header - 1 + MAGIC_BYTES;
	const size_t count = left < most ? (size_t)left : most;
	const unsigned char *at = window_read(window, count);

	*bytes = 0;
	if (!at)
		return window->status;
	for (size_t i = 1; i + MAGIC_BYTES <= count && *bytes == 0; i++)
		if (format_begins_record(at + i))
			*bytes = i;
	return COHORT_OK;
}

/* Find a header in what is left of the window, before the offset `end`. It is
 * the next byte to be consumed then. Otherwise consume some bytes. */
static bool find_header(struct file_window *window,
                        const struct format_tasks *head, uint64_t end)
{
	const size_t header = format_record_bytes(head->head.version);
	const uint64_t left = window_left(window);
	const size_t count =
	    left < WINDOW_PIECE_BYTES ? (size_t)left : WINDOW_PIECE_BYTES;
	const unsigned char *at = window_read(window, count);
	struct format_found found;
	bool there = false;
	size_t i = 0;

	if (!at)
		return false;
	while (i + header <= count && window->offset + i < end && !there) {
		there = format_begins_record(at + i) &&
		        format_read_record(at + i, head, &found);
		i += !there;
	}
	window_consume(window, i);
	return there;
}

/* The offset of the next header behind the window's, below `end`; 0: there is
 * none. */
static uint64_t next_header(struct file_window *window,
                            const struct format_tasks *head, uint64_t end)
{
	const size_t header = format_record_bytes(head->head.version);
	bool found = false;

	/* The header may end with the beginning of the next magic. */
	window_go_to(window, window->offset + header - (MAGIC_BYTES - 1));
	while (!found && window->status == COHORT_OK && window->offset < end &&
	       window_left(window) >= header)
		found = find_header(window, head, end);
	return found ? window->offset : 0;
}

/* Whether a magic is at the offset. */
static bool begins_at(struct file_window *window, uint64_t offset)
{
	const unsigned char *at;

	window_move(window, offset, window->size);
	if (window_left(window) < MAGIC_BYTES)
		return false;
	at = window_read(window, MAGIC_BYTES);
	return at && format_begins_record(at);
}

cohort_status torn_body(struct file_window *window,
                        const struct format_tasks *head, uint64_t whole,
                        uint64_t *bytes)
{
	const size_t header = format_record_bytes(head->head.version);
	const uint64_t begin = window->offset;
	const uint64_t end = begin + whole;

	window->status = COHORT_OK;
	/* A piece of a header may be between the piece and the next header. */
	uint64_t next = next_header(window, head, end + header);
	/* The record is not torn if another one begins where it ends. */
	if (next >= end && window->status == COHORT_OK &&
	    begins_at(window, end))
		next = 0;
	window_move(window, begin, window->size);
	*bytes = next > 0 ? next - begin : 0;
	return window->status;
}
