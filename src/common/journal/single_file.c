#define _POSIX_C_SOURCE 200809L
#include "single_file.h"

#include "file.h"
#include "writer_failure.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* `bytes` is the file's length with the parts. */
static bool write_parts(int fd, struct iovec *parts, int count, uint64_t bytes)
{
	if (bytes <= COMMITTED_MOST)
		return file_write(fd, parts, count);
	errno = EFBIG;
	return false;
}

/* Append parts of `bytes` bytes in all, or nothing. */
static cohort_status append_parts(struct journal_writer *writer,
                                  struct iovec *parts, int count,
                                  uint64_t bytes)
{
	struct journal_shared *shared = writer->shared;
	const uint64_t committed = writer_committed(writer);

	if (!file_is(writer->fd, writer->file))
		return writer_fail(writer, FAILURE_WRITE);
	/* If the flag was set, the last process that wrote has died, and a
	 * piece of its record may follow the whole ones. */
	if (journal_shared_begin(shared) && !file_cut(writer->fd, committed))
		return writer_fail(writer, FAILURE_CUT);
	if (!write_parts(writer->fd, parts, count, committed + bytes)) {
		cohort_status status = writer_fail(writer, FAILURE_WRITE);
		/* If this fails too, the partial record remains the last in the
		 * file, and the reader drops it. */
		if (file_cut(writer->fd, committed))
			journal_shared_end(shared);
		return status;
	}
	/* In this order, so that every committed byte has been counted as a
	 * change and will be synced. */
	sync_changed(writer->words);
	writer_commit(writer, committed + bytes);
	journal_shared_end(shared);
	sync_begin_writing(writer->fd, committed, committed + bytes);
	return COHORT_OK;
}

cohort_status single_file_make(struct journal_writer *writer,
                               const struct journal_run *run)
{
	const struct tasks_name name = {(uint32_t)run->run, writer->rank};
	struct format_tasks head = format_make_tasks(run, writer->rank);
	struct iovec part = {&head, sizeof(head)};

	tasks_name_print(name, writer->name);
	writer->fd = file_open(writer->dir, writer->name,
	                       O_WRONLY | O_APPEND | O_CREAT | O_EXCL);
	if (writer->fd < 0)
		return file_error(writer->path, "make", writer->name);
	if (!file_identify(writer->fd, &writer->file))
		return file_error(writer->path, "look at", writer->name);
	cohort_status status = append_parts(writer, &part, 1, sizeof(head));
	if (status == COHORT_OK && !file_sync_directory(writer->dir))
		status = file_error(writer->path, "sync", "the directory");
	return status;
}

cohort_status single_file_write(struct journal_writer *writer,
                                const struct journal_record *record)
{
	struct format_record head = format_make_record(record);
	/* writev only reads the parts, but iov_base is not const. */
	struct iovec parts[] = {
	    {&head, sizeof(head)},
	    {(void *)(uintptr_t)record->data, (size_t)record->bytes},
	    {(void *)(uintptr_t)record->error, (size_t)head.error_bytes},
	};

	return append_parts(writer, parts, sizeof(parts) / sizeof(*parts),
	                    sizeof(head) + format_body_bytes(&head));
}

/* Whether the file has that many bytes. */
static bool is_as_long(const struct journal_writer *writer, uint64_t bytes)
{
	struct stat info;

	if (fstat(writer->fd, &info))
		return false;
	errno = EIO;
	return (uint64_t)info.st_size >= bytes;
}

cohort_status single_file_rewind(struct journal_writer *writer, uint64_t bytes)
{
	struct journal_shared *shared = writer->shared;

	if (!file_is(writer->fd, writer->file))
		return writer_fail(writer, FAILURE_WRITE);
	if (!is_as_long(writer, bytes))
		return writer_fail(writer, FAILURE_SHARED);
	writer_commit(writer, bytes);
	journal_shared_begin(shared);
	if (!file_cut(writer->fd, bytes))
		return writer_fail(writer, FAILURE_CUT);
	sync_changed(writer->words);
	journal_shared_end(shared);
	return COHORT_OK;
}

bool single_file_mend(struct journal_writer *writer)
{
	if (!journal_shared_is_writing(writer->shared))
		return true;
	journal_shared_end(writer->shared);
	return file_cut(writer->fd, writer_committed(writer));
}
