#define _POSIX_C_SOURCE 200809L
#include "node_file.h"

#include "common/base/descriptor.h"
#include "file.h"
#include "node_file_drop.h"
#include "owner.h"
#include "writer_failure.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* A system call moves less than 2 GiB. */
enum { APPEND_MOST = 1 << 30 };

/* 9P appends where the client takes the end to be, without a lock. */
bool node_file_is_possible(int dir)
{
	struct statfs about;
	int failed;

	do
		failed = fstatfs(dir, &about);
	while (failed && errno == EINTR);
	return !failed && about.f_type != V9FS_MAGIC;
}

static void name_file(struct journal_writer *writer, int number)
{
	struct node_file *node = &writer->node;
	const struct tasks_name name = {(uint32_t)node->run.run, number};

	tasks_name_print(name, writer->name);
	node->head = format_make_shared(&node->run, number);
	node->from = sizeof(node->head);
	node->from_bytes = sizeof(node->head);
}

static bool append_head(int fd, const struct format_tasks *head)
{
	const struct iovec part = {(void *)(uintptr_t)head, sizeof(*head)};

	return file_append(fd, &part, 1, sizeof(*head));
}

cohort_status node_file_make(struct journal_writer *writer)
{
	name_file(writer, writer->rank);
	writer->fd = file_open(writer->dir, writer->name,
	                       O_WRONLY | O_APPEND | O_CREAT | O_EXCL);
	if (writer->fd < 0)
		return file_error(writer->path, "make", writer->name);
	if (!file_identify(writer->fd, &writer->file))
		return file_error(writer->path, "look at", writer->name);
	if (!append_head(writer->fd, &writer->node.head))
		return file_error(writer->path, "write to", writer->name);
	sync_changed(writer->words);
	return file_sync_directory(writer->dir)
	           ? COHORT_OK
	           : file_error(writer->path, "sync", "the directory");
}

/* The first rank may have found that appends in one call could mix, or could
 * not find out, where this rank could. */
static bool is_for_all(int fd)
{
	struct format_tasks head;

	return pread(fd, &head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
	       head.head.version == FORMAT_SHARED_VERSION;
}

bool node_file_open(struct journal_writer *writer, int first)
{
	name_file(writer, first);
	writer->fd = owner_open(writer->dir, writer->name, O_RDWR | O_APPEND);
	if (writer->fd < 0) {
		writer_fail(writer, FAILURE_OPEN);
		return true;
	}
	if (!is_for_all(writer->fd)) {
		descriptor_close(&writer->fd);
		return false;
	}
	if (!file_identify(writer->fd, &writer->file)) {
		writer_fail(writer, FAILURE_OPEN);
		descriptor_close(&writer->fd);
	}
	return true;
}

/* The file of this rank alone. -1 with errno. */
static int open_large(const struct journal_writer *writer,
                      const struct format_tasks *head)
{
	char name[TASKS_NAME_BYTES];
	struct stat about;

	tasks_name_print((struct tasks_name){head->run, head->rank}, name);
	int fd = owner_open(writer->dir, name, O_WRONLY | O_APPEND | O_CREAT);
	if (fd < 0 ||
	    (!fstat(fd, &about) && about.st_size >= (off_t)sizeof(*head)))
		return fd;
	/* It is new, or who made it has died. */
	if (!file_cut(fd, 0) || !append_head(fd, head) ||
	    !file_sync_directory(writer->dir)) {
		const int error = errno;
		descriptor_close(&fd);
		errno = error;
	}
	return fd;
}

/* Only the processes of this rank write to the file, one at a time, so the
 * record may take several calls. It is synced at once, since the thread does
 * not know of it. */
static bool write_large(const struct journal_writer *writer,
                        const struct format_record *head, uint64_t before,
                        struct iovec *parts, int count)
{
	const struct node_file *node = &writer->node;
	const struct format_tasks file =
	    format_make_shared(&node->run, node->peers.ranks + writer->rank);
	struct format_shared_record block =
	    format_share_record(&file, head, writer->rank, before);
	int fd = open_large(writer, &file);

	if (fd < 0)
		return false;
	parts[0].iov_base = &block;
	const bool written = file_write(fd, parts, count) && file_sync_data(fd);
	const int error = errno;
	descriptor_close(&fd);
	errno = error;
	return written;
}

static bool write_record(struct journal_writer *writer,
                         const struct format_record *head, uint64_t before,
                         const struct journal_record *record)
{
	const uint64_t most = writer->node.peers.most;
	struct format_shared_record block =
	    format_share_record(&writer->node.head, head, writer->rank, before);
	/* writev only reads the parts, but iov_base is not const. */
	struct iovec parts[] = {
	    {&block, sizeof(block)},
	    {(void *)(uintptr_t)record->data, (size_t)record->bytes},
	    {(void *)(uintptr_t)record->error, (size_t)head->error_bytes},
	};
	const int count = sizeof(parts) / sizeof(*parts);
	const uint64_t whole = sizeof(block) + format_body_bytes(head);

	if (before + whole > COMMITTED_MOST) {
		errno = EFBIG;
		return false;
	}
	return whole > (most ? most : APPEND_MOST)
	           ? write_large(writer, head, before, parts, count)
	           : file_append(writer->fd, parts, count, (size_t)whole);
}

cohort_status node_file_write(struct journal_writer *writer,
                              const struct journal_record *record)
{
	const struct format_record head = format_describe_record(record);
	struct journal_shared *shared = writer->shared;
	const uint64_t committed = writer_committed(writer);

	if (!file_is(writer->fd, writer->file))
		return writer_fail(writer, FAILURE_WRITE);
	/* If the flag was set, the last process that wrote has died, perhaps
	 * between its record and the count. */
	if (journal_shared_begin(shared) &&
	    !node_file_drop(writer, committed, NULL))
		return writer_fail(writer, FAILURE_CUT);
	if (!write_record(writer, &head, committed, record)) {
		cohort_status status = writer_fail(writer, FAILURE_WRITE);
		journal_shared_end(shared);
		return status;
	}
	const uint64_t now =
	    committed + format_single_bytes(head.bytes, head.error_bytes);
	/* In this order, so that every committed record has been counted as a
	 * change and will be synced. */
	sync_changed(writer->words);
	writer_commit(writer, now);
	journal_shared_end(shared);
	sync_begin_writing(writer->fd, committed, now);
	return COHORT_OK;
}

cohort_status node_file_rewind(struct journal_writer *writer, uint64_t bytes)
{
	struct journal_shared *shared = writer->shared;
	uint64_t kept;

	if (!journal_shared_is_writing(shared) &&
	    journal_shared_committed(shared, 0) == bytes) {
		writer->committed = bytes;
		node_file_keep(writer, bytes);
		return COHORT_OK;
	}
	if (!node_file_drop(writer, bytes, &kept))
		return writer_fail(writer, FAILURE_CUT);
	if (kept < bytes) {
		errno = EIO;
		return writer_fail(writer, FAILURE_SHARED);
	}
	writer_commit(writer, bytes);
	sync_changed(writer->words);
	journal_shared_end(shared);
	return COHORT_OK;
}

bool node_file_mend(struct journal_writer *writer)
{
	if (!journal_shared_is_writing(writer->shared))
		return true;
	journal_shared_end(writer->shared);
	return node_file_drop(writer, writer_committed(writer), NULL);
}
