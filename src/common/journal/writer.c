#define _POSIX_C_SOURCE 200809L
#include "writer.h"

#include "common/base/c_locale.h"
#include "common/base/error.h"
#include "file.h"
#include "identity.h"
#include "node_file.h"
#include "single_file.h"
#include "writer_failure.h"
#include "writer_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The journal on this rank is the root's. Make the record file, unless another
 * rank does. */
static cohort_status make_file(struct journal_writer *writer,
                               const struct journal_run *run,
                               const struct journal_peers *peers)
{
	writer->shares = peers && node_file_is_possible(writer->dir);
	if (!writer->shares)
		return single_file_make(writer, run);
	writer->node.peers = *peers;
	writer->node.run = *run;
	writer->words = peers->words;
	/* Journals count from the head on, whoever has made it: 0 is none. */
	writer_commit(writer, sizeof(struct format_tasks));
	if (!peers->first)
		return COHORT_OK;
	journal_shared_init_words(peers->words);
	return node_file_make(writer);
}

/* Make the record file if the journal on this rank is the root's. */
static cohort_status join_journal(struct journal_writer *writer,
                                  const struct journal_run *run,
                                  const struct journal_peers *peers)
{
	writer->dir = file_open_path(writer->path, O_RDONLY | O_DIRECTORY);
	if (writer->dir < 0 && errno != ENOENT && errno != ENOTDIR &&
	    errno != EACCES)
		return file_error(writer->path, "open", "it");
	if (writer->dir < 0)
		return error_set(COHORT_EINVAL,
		                 "cohort_scatter: rank %d cannot open journal "
		                 "%s as the root can (%s): name a directory "
		                 "that all ranks share, by its full path",
		                 writer->rank, writer->path, error_text(errno));
	if (!file_identify(writer->dir, &writer->folder))
		return file_error(writer->path, "look at", "it");
	cohort_status status =
	    identity_expect(writer->dir, writer->path, run->id, writer->rank);
	return status == COHORT_OK ? make_file(writer, run, peers) : status;
}

static void release(struct journal_writer *writer)
{
	file_close(&writer->fd, writer->file);
	file_close(&writer->dir, writer->folder);
	free(writer->path);
	free(writer);
}

cohort_status journal_writer_share(const char *path,
                                   const struct journal_run *run, int rank,
                                   struct journal_shared *shared,
                                   const struct journal_peers *peers,
                                   struct journal_writer **out)
{
	struct journal_writer *writer = calloc(1, sizeof(*writer));

	if (!writer)
		return error_sys("cohort_scatter: calloc for a journal");
	writer->dir = -1;
	writer->fd = -1;
	writer->rank = rank;
	writer->opener = getpid();
	writer->shared = shared ? shared : &writer->own;
	writer->words = &writer->shared->words;
	journal_shared_init(writer->shared);
	journal_shared_init_failure(&writer->failed);
	writer->path = strdup(path);
	cohort_status status =
	    writer->path ? join_journal(writer, run, peers)
	                 : error_sys("cohort_scatter: strdup of a journal's "
	                             "path");
	if (status != COHORT_OK) {
		release(writer);
		return status;
	}
	if (writer->fd >= 0)
		sync_start(&writer->sync, writer->fd, &writer->file,
		           writer->words, &writer->failed);
	*out = writer;
	return COHORT_OK;
}

cohort_status journal_writer_open(const char *path,
                                  const struct journal_run *run, int rank,
                                  struct journal_shared *shared,
                                  struct journal_writer **out)
{
	return journal_writer_share(path, run, rank, shared, NULL, out);
}

/* A file of this rank alone, after all. */
static void make_own_file(struct journal_writer *writer)
{
	const struct journal_run run = writer->node.run;

	writer->shares = false;
	writer->words = &writer->shared->words;
	writer_commit(writer, 0);
	if (single_file_make(writer, &run) != COHORT_OK)
		writer_fail(writer, FAILURE_OPEN);
}

void journal_writer_begin(struct journal_writer *writer, int first)
{
	if (writer->fd >= 0)
		return;
	if (!node_file_open(writer, first))
		make_own_file(writer);
	if (writer->fd >= 0)
		sync_start(&writer->sync, writer->fd, &writer->file,
		           writer->words, &writer->failed);
}

cohort_status journal_write(struct journal_writer *writer,
                            const struct journal_record *record)
{
	cohort_status status = writer_failure(writer);

	if (status == COHORT_OK)
		status = (writer->shares ? node_file_write
		                         : single_file_write)(writer, record);
	if (status != COHORT_OK)
		return status;
	sync_written(&writer->sync);
	return writer_failure(writer);
}

uint64_t journal_writer_committed(const struct journal_writer *writer)
{
	return writer_committed(writer);
}

uint64_t journal_record_bytes(uint64_t bytes, uint64_t error_bytes)
{
	return format_single_bytes(bytes, error_bytes);
}

cohort_status journal_writer_rewind(struct journal_writer *writer,
                                    uint64_t bytes)
{
	cohort_status status = writer_failure(writer);

	if (status != COHORT_OK)
		return status;
	return (writer->shares ? node_file_rewind : single_file_rewind)(writer,
	                                                                bytes);
}

void journal_writer_drop_empty(struct journal_writer *writer)
{
	writer->drops_empty = true;
}

static bool is_to_be_dropped(struct journal_writer *writer)
{
	struct stat info;

	return writer->drops_empty && writer_failure(writer) == COHORT_OK &&
	       (!writer->shares || writer->node.peers.first) &&
	       !fstat(writer->fd, &info) &&
	       info.st_size == sizeof(struct format_tasks);
}

/* Done by the process that opened the writer. Afterwards this rank's records
 * are complete and synced, and the file is closed. */
static cohort_status finish_file(struct journal_writer *writer)
{
	if (writer->fd < 0)
		return writer_failure(writer);
	sync_stop(&writer->sync);
	if (!file_is(writer->fd, writer->file)) {
		journal_shared_fail(&writer->failed, FAILURE_WRITE);
		return writer_failure(writer);
	}
	if (!(writer->shares ? node_file_mend : single_file_mend)(writer))
		journal_shared_fail(&writer->failed, FAILURE_CUT);
	const bool drops = is_to_be_dropped(writer);
	if (!drops)
		sync_now(&writer->sync);
	if (close(writer->fd) && errno != EINTR)
		journal_shared_fail(&writer->failed, FAILURE_CLOSE);
	writer->fd = -1;
	/* If it cannot be removed, it stays, and is read. */
	if (drops)
		unlinkat(writer->dir, writer->name, 0);
	return writer_failure(writer);
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
