#include "scan_head.h"

#include "common/base/descriptor.h"
#include "file.h"
#include "format_1.h"

#include <string.h>

/* Of a head of any later version. */
enum { HEAD_MOST = 4096 };

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

	return damage ? window_refuse_rest(window, damage) : window->status;
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
	if (scan->head.head.version == FORMAT_1_VERSION) {
		scan->head.count = scan->count;
		scan->head.seed = scan->seed;
	}
	return has_head(scan);
}

cohort_status scan_head_read(struct scan *scan, bool *more)
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
		return window_refuse_rest(
		    window, "it is of another journal, or has been renamed");
	window_consume(window, bytes);
	return COHORT_OK;
}

cohort_status scan_head_fetch(struct scan *scan, bool *found)
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
