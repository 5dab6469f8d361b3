/*
 * One writev for each record, at the end of a file that is this run's and
 * rank's alone. What counts is kept in memory, so that whatever else is in the
 * file can be cut off.
 */
#define _POSIX_C_SOURCE 200809L
#include "common/base/error.h"
#include "directory.h"
#include "file.h"
#include "format.h"
#include "sync.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct journal_writer {
	char *path; /* the journal's, for sentences */
	char name[TASKS_NAME_BYTES];
	int fd;
	pid_t opener;
	struct journal_shared *shared;
	struct journal_shared own; /* if the caller has none */
	struct journal_sync sync;
};

static const char *const failures[] = {[FAILURE_NONE] = "",
#define ROW(name, words) [FAILURE_##name] = words,
                                       JOURNAL_FAILURE_MAP(ROW)
#undef ROW
};

/* What was remembered, in whichever process. */
static cohort_status report(const struct journal_writer *writer)
{
	const uint32_t failed = atomic_load(&writer->shared->failed);

	if (!failed)
		return COHORT_OK;
	return error_set(COHORT_EIO,
	                 "cohort_scatter: journal %s: cannot %s %s: %s; tasks "
	                 "that it does not have will run again in a later run",
	                 writer->path, failures[failed >> 16], writer->name,
	                 strerror((int)(failed & 0xffff)));
}

static cohort_status fail(const struct journal_writer *writer,
                          enum journal_failure failure)
{
	journal_failed(writer->shared, failure);
	return report(writer);
}

/* Whether the process may make the file so long; asked before, for what asks
 * too late gets a signal, SIGXFSZ, and that is not ours to handle. */
static bool within_limit(uint64_t bytes)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) ||
	    limit.rlim_cur == RLIM_INFINITY || bytes <= limit.rlim_cur)
		return true;
	errno = EFBIG;
	return false;
}

/* Append parts of `bytes` bytes: all of them, or none. */
static cohort_status append(struct journal_writer *writer, struct iovec *parts,
                            int count, uint64_t bytes)
{
	struct journal_shared *shared = writer->shared;
	const uint64_t committed = atomic_load(&shared->committed);

	/* Somebody died here: his piece of a record is behind the whole ones. */
	if (atomic_exchange(&shared->writing, 1) &&
	    !file_cut(writer->fd, committed))
		return fail(writer, FAILURE_CUT);
	if (!within_limit(committed + bytes) ||
	    !file_write(writer->fd, parts, count)) {
		cohort_status status = fail(writer, FAILURE_WRITE);
		/* If that fails too, the reader drops it: it stays the last. */
		if (file_cut(writer->fd, committed))
			atomic_store(&shared->writing, 0);
		return status;
	}
	/* In this order: what counts is known to want a sync. */
	atomic_fetch_add(&shared->changes, 1);
	atomic_store(&shared->committed, committed + bytes);
	atomic_store(&shared->writing, 0);
	return COHORT_OK;
}

/* The file and its head, and its name on the disk. */
static cohort_status make_file(struct journal_writer *writer, int dir,
                               const struct journal_run *run, int rank)
{
	struct format_tasks head = format_make_tasks(run, rank);
	struct iovec part = {&head, sizeof(head)};

	writer->fd = file_open(dir, writer->name,
	                       O_WRONLY | O_APPEND | O_CREAT | O_EXCL);
	if (writer->fd < 0)
		return file_error(writer->path, "make", writer->name);
	cohort_status status = append(writer, &part, 1, sizeof(head));
	if (status == COHORT_OK && !file_sync_directory(dir))
		status = file_error(writer->path, "sync", "the directory");
	return status;
}

static cohort_status fill(struct journal_writer *writer,
                          const struct journal_run *run, int rank)
{
	const struct tasks_name name = {(uint32_t)run->run, rank};
	int dir;

	do
		dir = open(writer->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (dir < 0 && errno == EINTR);
	if (dir < 0)
		return error_set(COHORT_EINVAL,
		                 "cohort_scatter: rank %d cannot open journal "
		                 "%s as the root can (%s): name a directory "
		                 "that all ranks share, by its full path",
		                 rank, writer->path, strerror(errno));
	tasks_name_print(name, writer->name);
	cohort_status status =
	    identity_expect(dir, writer->path, run->id, rank);
	if (status == COHORT_OK)
		status = make_file(writer, dir, run, rank);
	close(dir);
	return status;
}

cohort_status journal_writer_open(const char *path,
                                  const struct journal_run *run, int rank,
                                  struct journal_shared *shared,
                                  struct journal_writer **out)
{
	struct journal_writer *writer = calloc(1, sizeof(*writer));

	if (!writer)
		return error_sys("cohort_scatter: calloc for a journal");
	writer->fd = -1;
	writer->opener = getpid();
	writer->shared = shared ? shared : &writer->own;
	atomic_store(&writer->shared->committed, 0);
	atomic_store(&writer->shared->changes, 0);
	atomic_store(&writer->shared->synced, 0);
	atomic_store(&writer->shared->writing, 0);
	atomic_store(&writer->shared->failed, 0);
	writer->path = strdup(path);
	cohort_status status =
	    writer->path ? fill(writer, run, rank)
	                 : error_sys("cohort_scatter: strdup of a journal's "
	                             "path");
	if (status != COHORT_OK) {
		file_close(writer->fd);
		free(writer->path);
		free(writer);
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
	/* They are only read. */
	struct iovec parts[] = {
	    {&head, sizeof(head)},
	    {(void *)(uintptr_t)record->data, (size_t)record->bytes},
	    {(void *)(uintptr_t)record->error, (size_t)head.error_bytes},
	};

	cohort_status status = report(writer);
	if (status == COHORT_OK)
		status = append(writer, parts, sizeof(parts) / sizeof(*parts),
		                sizeof(head) + format_body_bytes(&head));
	if (status != COHORT_OK)
		return status;
	sync_written(&writer->sync);
	return report(writer);
}

uint64_t journal_writer_committed(const struct journal_writer *writer)
{
	return atomic_load(&writer->shared->committed);
}

cohort_status journal_writer_rewind(struct journal_writer *writer,
                                    uint64_t bytes)
{
	struct journal_shared *shared = writer->shared;

	assert(bytes <= atomic_load(&shared->committed));
	cohort_status status = report(writer);
	if (status != COHORT_OK)
		return status;
	atomic_store(&shared->committed, bytes);
	atomic_store(&shared->writing, 1);
	if (!file_cut(writer->fd, bytes))
		return fail(writer, FAILURE_CUT);
	atomic_fetch_add(&shared->changes, 1);
	atomic_store(&shared->writing, 0);
	return COHORT_OK;
}

/* By the process that opened it: nothing is left open or unsynced. */
static cohort_status finish(struct journal_writer *writer)
{
	struct journal_shared *shared = writer->shared;

	sync_stop(&writer->sync);
	if (atomic_exchange(&shared->writing, 0) &&
	    !file_cut(writer->fd, atomic_load(&shared->committed)))
		journal_failed(shared, FAILURE_CUT);
	sync_now(&writer->sync);
	if (close(writer->fd) && errno != EINTR)
		journal_failed(shared, FAILURE_CLOSE);
	return report(writer);
}

cohort_status journal_writer_close(struct journal_writer *writer)
{
	cohort_status status = COHORT_OK;

	if (!writer)
		return COHORT_OK;
	if (writer->opener == getpid())
		status = finish(writer);
	else
		close(writer->fd);
	free(writer->path);
	free(writer);
	return status;
}
