#define _POSIX_C_SOURCE 200809L
#include "node_file_drop.h"

#include "common/base/descriptor.h"
#include "owner.h"
#include "scan.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes read at once. */
enum { DROP_PIECE_BYTES = 64 << 10 };

/* What this rank wrote in a file, and how much of it is kept. */
struct dropping {
	const struct journal_writer *writer;
	uint64_t bytes; /* to be kept */
	uint64_t kept;
	uint64_t end; /* of the whole records in the file */
};

static bool mark_dropped(int fd, uint64_t offset)
{
	static const char magic[] = FORMAT_DROPPED_MAGIC;
	const ssize_t bytes = sizeof(magic) - 1;
	ssize_t n;

	do
		n = pwrite(fd, magic, (size_t)bytes, (off_t)offset);
	while (n < 0 && errno == EINTR);
	if (n >= 0 && n != bytes)
		errno = EIO;
	return n == bytes;
}

/* The record that was read last is one of this rank's. */
static bool judge_record(struct dropping *dropping, const struct scan *scan)
{
	const struct format_found *found = &scan->found;
	const uint64_t end =
	    found->before +
	    format_single_bytes(found->record.bytes, found->record.error_bytes);

	if (end > dropping->bytes)
		return mark_dropped(scan->window.fd, scan->last.offset);
	if (end > dropping->kept)
		dropping->kept = end;
	return true;
}

static bool drop_records(struct dropping *dropping, struct scan *scan)
{
	struct journal_record record;
	bool more = true;

	if (window_open(&scan->window) != COHORT_OK)
		return false;
	bool good = true;
	while (good && more) {
		good = scan_next(scan, &record, &more) == COHORT_OK;
		if (good && more &&
		    scan->found.writer == dropping->writer->rank)
			good = judge_record(dropping, scan);
	}
	window_close(&scan->window);
	return good;
}

/* In the file with this number, from an offset on. A file that does not exist
 * has no records. */
static bool drop_in_file(struct dropping *dropping, int number, uint64_t from)
{
	const struct journal_writer *writer = dropping->writer;
	const struct journal_run *run = &writer->node.run;
	char name[TASKS_NAME_BYTES];
	struct stat about;
	struct scan scan = {
	    .window = {.path = writer->path,
	               .name = name,
	               .piece = DROP_PIECE_BYTES,
	               .offset = from},
	    .run = *run,
	    .rank = number,
	    .check_only = true,
	};

	tasks_name_print((struct tasks_name){(uint32_t)run->run, number}, name);
	scan.window.fd = owner_open(writer->dir, name, O_RDWR);
	if (scan.window.fd < 0)
		return errno == ENOENT;
	bool good = !fstat(scan.window.fd, &about);
	if (good) {
		scan.window.size = (uint64_t)about.st_size;
		errno = EIO; /* if it is damaged */
		good = drop_records(dropping, &scan);
		dropping->end = scan.window.offset;
	}
	const int error = errno;
	descriptor_close(&scan.window.fd);
	errno = error;
	return good;
}

bool node_file_drop(struct journal_writer *writer, uint64_t bytes,
                    uint64_t *kept)
{
	struct node_file *node = &writer->node;
	struct dropping dropping = {.writer = writer, .bytes = bytes};

	if (bytes < node->from_bytes) {
		node->from = sizeof(node->head);
		node->from_bytes = sizeof(node->head);
	}
	dropping.kept = node->from_bytes;
	/* In this order, so that `end` is that of the node's file. */
	if (!drop_in_file(&dropping, node->peers.ranks + writer->rank,
	                  sizeof(node->head)) ||
	    !drop_in_file(&dropping, node->head.rank, node->from))
		return false;
	node->from = dropping.end;
	node->from_bytes = dropping.kept;
	if (kept)
		*kept = dropping.kept;
	return true;
}

void node_file_keep(struct journal_writer *writer, uint64_t bytes)
{
	struct node_file *node = &writer->node;
	/* The rank and its children share the position, which is behind the
	 * last record that one of them has appended. */
	const off_t end = lseek(writer->fd, 0, SEEK_CUR);

	if (end < 0 || (uint64_t)end <= node->from)
		return;
	node->from = (uint64_t)end;
	node->from_bytes = bytes;
}
