/*
 * Each record is one writev, which appends it to a file that only this rank
 * writes in this run. The number of valid bytes is in memory, so that a partial
 * record behind them can be cut off.
 */
#define _POSIX_C_SOURCE 200809L
#include "writer.h"

#include "common/base/c_locale.h"
#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "directory.h"
#include "file.h"
#include "format.h"
#include "identity.h"
#include "sync.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct journal_writer {
	char *path;                  /* of the journal, for sentences */
	char name[TASKS_NAME_BYTES]; /* of the record file */
	int dir;                     /* of the journal */
	int fd;                      /* of the record file */
	pid_t opener;                /* process that syncs and closes */
	bool drops_empty;            /* see journal_writer_drop_empty */
	struct journal_shared *shared;
	struct journal_shared own; /* where `shared` points if the caller has
	                            * passed none */
	struct journal_sync sync;
};

/* The failure that this process or another one has stored, as a status. */
static cohort_status stored_failure(const struct journal_writer *writer)
{
	int error;
	const char *action = journal_shared_failure(writer->shared, &error);

	if (!action)
		return COHORT_OK;
	return error_set(COHORT_EIO,
	                 "cohort_scatter: journal %s: cannot %s %s: %s; tasks "
	                 "that it does not have will run again in a later run",
	                 writer->path, action, writer->name, error_text(error));
}

static cohort_status store_failure(const struct journal_writer *writer,
                                   enum journal_failure failure)
{
	journal_shared_fail(writer->shared, failure);
	return stored_failure(writer);
}

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
	uint64_t committed;

	if (!journal_shared_committed(shared, &committed)) {
		errno = EIO;
		return store_failure(writer, FAILURE_SHARED);
	}
	/* If the flag was set, the last process that wrote has died, and a
	 * piece of its record may follow the whole ones. */
	if (atomic_exchange(&shared->writing, 1) &&
	    !file_cut(writer->fd, committed))
		return store_failure(writer, FAILURE_CUT);
	if (!write_parts(writer->fd, parts, count, committed + bytes)) {
		cohort_status status = store_failure(writer, FAILURE_WRITE);
		/* If this fails too, the partial record remains the last in the
		 * file, and the reader drops it. */
		if (file_cut(writer->fd, committed))
			atomic_store(&shared->writing, 0);
		return status;
	}
	/* In this order, so that every committed byte has been counted as a
	 * change and will be synced. */
	atomic_fetch_add(&shared->changes, 1);
	journal_shared_commit(shared, committed + bytes);
	atomic_store(&shared->writing, 0);
	return COHORT_OK;
}

/* Make the record file, write its head, and sync the directory so that the name
 * is on the disk. */
static cohort_status make_tasks_file(struct journal_writer *writer,
                                     const struct journal_run *run, int rank)
{
	struct format_tasks head = format_make_tasks(run, rank);
	struct iovec part = {&head, sizeof(head)};

	writer->fd = file_open(writer->dir, writer->name,
	                       O_WRONLY | O_APPEND | O_CREAT | O_EXCL);
	if (writer->fd < 0)
		return file_error(writer->path, "make", writer->name);
	cohort_status status = append_parts(writer, &part, 1, sizeof(head));
	if (status == COHORT_OK && !file_sync_directory(writer->dir))
		status = file_error(writer->path, "sync", "the directory");
	return status;
}

/* Make the record file if the journal on this rank is the root's. */
static cohort_status join_journal(struct journal_writer *writer,
                                  const struct journal_run *run, int rank)
{
	const struct tasks_name name = {(uint32_t)run->run, rank};

	writer->dir = file_open_path(writer->path, O_RDONLY | O_DIRECTORY);
	if (writer->dir < 0 && errno != ENOENT && errno != ENOTDIR &&
	    errno != EACCES)
		return file_error(writer->path, "open", "it");
	if (writer->dir < 0)
		return error_set(COHORT_EINVAL,
		                 "cohort_scatter: rank %d cannot open journal "
		                 "%s as the root can (%s): name a directory "
		                 "that all ranks share, by its full path",
		                 rank, writer->path, error_text(errno));
	tasks_name_print(name, writer->name);
	cohort_status status =
	    identity_expect(writer->dir, writer->path, run->id, rank);
	return status == COHORT_OK ? make_tasks_file(writer, run, rank)
	                           : status;
}

static void release(struct journal_writer *writer)
{
	descriptor_close(&writer->fd);
	descriptor_close(&writer->dir);
	free(writer->path);
	free(writer);
}

cohort_status journal_writer_open(const char *path,
                                  const struct journal_run *run, int rank,
                                  struct journal_shared *shared,
                                  struct journal_writer **out)
{
	struct journal_writer *writer = calloc(1, sizeof(*writer));

	if (!writer)
		return error_sys("cohort_scatter: calloc for a journal");
	writer->dir = -1;
	writer->fd = -1;
	writer->opener = getpid();
	writer->shared = shared ? shared : &writer->own;
	journal_shared_init(writer->shared);
	writer->path = strdup(path);
	cohort_status status =
	    writer->path ? join_journal(writer, run, rank)
	                 : error_sys("cohort_scatter: strdup of a journal's "
	                             "path");
	if (status != COHORT_OK) {
		release(writer);
		return status;
	}
	sync_start(&writer->sync, writer->fd, writer->shared);
	*out = writer;
	return COHORT_OK;
}

cohort_status journal_write(struct journal_writer *writer,
                            const struct journal_record *record)
{
	struct format_record head = format_make_record(record);
	/* writev only reads the parts, but iov_base is not const. */
	struct iovec parts[] = {
	    {&head, sizeof(head)},
	    {(void *)(uintptr_t)record->data, (size_t)record->bytes},
	    {(void *)(uintptr_t)record->error, (size_t)head.error_bytes},
	};

	cohort_status status = stored_failure(writer);
	if (status == COHORT_OK)
		status =
		    append_parts(writer, parts, sizeof(parts) / sizeof(*parts),
		                 sizeof(head) + format_body_bytes(&head));
	if (status != COHORT_OK)
		return status;
	sync_written(&writer->sync);
	return stored_failure(writer);
}

uint64_t journal_writer_committed(const struct journal_writer *writer)
{
	uint64_t bytes;

	return journal_shared_committed(writer->shared, &bytes) ? bytes : 0;
}

uint64_t journal_record_bytes(uint64_t bytes, uint64_t error_bytes)
{
	return sizeof(struct format_record) + bytes + error_bytes;
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

cohort_status journal_writer_rewind(struct journal_writer *writer,
                                    uint64_t bytes)
{
	struct journal_shared *shared = writer->shared;

	cohort_status status = stored_failure(writer);
	if (status != COHORT_OK)
		return status;
	if (!is_as_long(writer, bytes))
		return store_failure(writer, FAILURE_SHARED);
	journal_shared_commit(shared, bytes);
	atomic_store(&shared->writing, 1);
	if (!file_cut(writer->fd, bytes))
		return store_failure(writer, FAILURE_CUT);
	atomic_fetch_add(&shared->changes, 1);
	atomic_store(&shared->writing, 0);
	return COHORT_OK;
}

void journal_writer_drop_empty(struct journal_writer *writer)
{
	writer->drops_empty = true;
}

static bool is_to_be_dropped(const struct journal_writer *writer)
{
	struct stat info;

	return writer->drops_empty && stored_failure(writer) == COHORT_OK &&
	       !fstat(writer->fd, &info) &&
	       info.st_size == sizeof(struct format_tasks);
}

/* Done by the process that opened the writer. Afterwards the file is complete,
 * synced and closed. */
static cohort_status finish_file(struct journal_writer *writer)
{
	struct journal_shared *shared = writer->shared;
	uint64_t committed;

	sync_stop(&writer->sync);
	if (atomic_exchange(&shared->writing, 0) &&
	    (!journal_shared_committed(shared, &committed) ||
	     !file_cut(writer->fd, committed)))
		journal_shared_fail(shared, FAILURE_CUT);
	const bool drops = is_to_be_dropped(writer);
	if (!drops)
		sync_now(&writer->sync);
	if (close(writer->fd) && errno != EINTR)
		journal_shared_fail(shared, FAILURE_CLOSE);
	writer->fd = -1;
	/* If it cannot be removed, it stays, and is read. */
	if (drops)
		unlinkat(writer->dir, writer->name, 0);
	return stored_failure(writer);
}

cohort_status journal_writer_close(struct journal_writer *writer)
{
	cohort_status status = COHORT_OK;

	if (!writer)
		return COHORT_OK;
	if (writer->opener == getpid())
		status = finish_file(writer);
	release(writer);
	return status;
}
