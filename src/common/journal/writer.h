/* Appends the tasks that a rank finishes to a record file: to one of its own,
 * or to one that the ranks of its machine share. */
#ifndef COHORT_COMMON_JOURNAL_WRITER_H
#define COHORT_COMMON_JOURNAL_WRITER_H

#include "journal_shared.h"
#include "journal_types.h"

struct journal_writer;

/*
 * Make this rank's record file of the run, in the journal that the root has
 * opened.
 *
 *   shared  must exist until the writer is closed; NULL: the writer has its
 *           own, for a process that writes alone
 *
 * The writer starts a thread, with all signals blocked, that syncs the file
 * once a second if it has changed. Where no thread can be started, a write
 * syncs the file if the last sync was at least a second ago.
 *
 * Forked children may write too: one process at a time, and none while another
 * one is in journal_write. The thread of the process that opened the writer
 * syncs their records, of which it learns through `shared`. The rest of the
 * writer is a separate copy in each process.
 *
 * COHORT_EINVAL    there is no journal at `path` on this rank, or another one
 *                  than on the root
 * COHORT_EIO       the record file exists already, or cannot be made or
 *                  written; or the identity cannot be read
 * COHORT_ECORRUPT  the identity is damaged
 */
COHORT_CHECKED cohort_status journal_writer_open(const char *path,
                                                 const struct journal_run *run,
                                                 int rank,
                                                 struct journal_shared *shared,
                                                 struct journal_writer **out);

/*
 * The same for a rank that shares its file with its peers. All of them must
 * have returned COHORT_OK before one calls journal_writer_begin, and that
 * before the first journal_write. Where the file system cannot do it, each rank
 * makes a file of its own; that is the same for all peers.
 */
COHORT_CHECKED cohort_status journal_writer_share(
    const char *path, const struct journal_run *run, int rank,
    struct journal_shared *shared, const struct journal_peers *peers,
    struct journal_writer **out);

/* The peers' first rank is `first`. Opens the file that it has made, and starts
 * the thread. A failure is stored, and the next call returns it. For a writer
 * that has its file already this does nothing. */
void journal_writer_begin(struct journal_writer *writer, int first);

/*
 * Append a record. Once this has returned COHORT_OK, the task survives the
 * death of any process. A power cut loses only tasks that were finished within
 * the last second and the time that a sync takes.
 *
 * If the last process of this rank that wrote died in the middle of a record,
 * that piece is cut off first; in a shared file it stays, and readers know it.
 *
 * COHORT_EIO  the record could not be written, or an earlier one could not be
 *             synced; a partial record is cut off. From then on nothing is
 *             written, and every call returns the same status in every process
 */
COHORT_CHECKED cohort_status journal_write(struct journal_writer *writer,
                                           const struct journal_record *record);

/* Bytes in a file of one rank of a record with a result and a sentence of these
 * sizes. */
uint64_t journal_record_bytes(uint64_t bytes, uint64_t error_bytes);

/* Bytes of the file's head and of the whole records of this rank so far, as
 * journal_record_bytes has them; 0 if a child has destroyed the number. */
uint64_t journal_writer_committed(const struct journal_writer *writer);

/*
 * Drop all records of this rank behind `bytes`, the length of the file's head
 * and of some whole records. Used when a child has ended that may have written:
 * the caller knows which of its tasks are finished. No process may be writing.
 *
 * COHORT_EIO as for journal_write
 */
COHORT_CHECKED cohort_status
journal_writer_rewind(struct journal_writer *writer, uint64_t bytes);

/* If the file has no record when the writer is closed, remove it then, so that
 * runs in which many ranks have nothing to do leave few files. Not for the
 * root: a run has at least one file, which shows its number and its program.
 * The root must hold the lock until the writer is closed. */
void journal_writer_drop_empty(struct journal_writer *writer);

/*
 * Sync the file, end the thread, and release the writer in any case. NULL is
 * allowed. In a forked copy of the process only the copy is released.
 *
 * COHORT_EIO  a record was not written or not synced, now or earlier
 */
COHORT_CHECKED cohort_status
journal_writer_close(struct journal_writer *writer);

#endif
