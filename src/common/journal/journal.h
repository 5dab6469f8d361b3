/*
 * A journal: a directory that keeps the finished tasks of one sweep, so that a
 * later run of the same sweep need not run them again. docs/journal.md has the
 * format, byte by byte.
 *
 *	identity          whose journal it is; written once, never changed
 *	lock              held while a run uses the journal
 *	tasks-RUN-RANK    records that a rank of a run appended
 *
 * No file is written by a second run: each has record files of its own, so a
 * record that a death has cut short stays where it is, at the end of a file.
 *
 * The root opens the journal, tells the ranks which run this is, and reads
 * what earlier runs have left; every rank, the root too, opens a writer. None
 * of this is collective, and none of it knows of groups. An object is used by
 * one thread at a time. Every descriptor is close-on-exec.
 *
 * Every call writes a sentence when it fails, and its outputs on success only.
 * COHORT_ENOMEM is not repeated below.
 */
#ifndef COHORT_COMMON_JOURNAL_JOURNAL_H
#define COHORT_COMMON_JOURNAL_JOURNAL_H

#include "cohort.h"

#include <stdatomic.h>

/* ---- whose it is ---- */

/* What must be the same for finished tasks to be of use. 64-bit fields only:
 * there is no padding, and on disk it is as it is here. */
struct journal_identity {
	uint64_t count;
	uint64_t param_bytes;
	uint64_t seed;
	uint64_t params[2];  /* XXH3-128 of all parameter sets: low, high */
	uint64_t program[2]; /* XXH3-128 of the executable: low, high */
};

/*
 * The identity of a sweep by this program. The parameters are `count` times
 * `param_bytes` bytes, whose product the caller has checked; NULL if there are
 * none. The program is the file that the process was started from
 * (/proc/self/exe), not the libraries and data that it loads.
 *
 * COHORT_EIO  the executable cannot be read
 */
COHORT_CHECKED cohort_status journal_identify(const void *params, size_t count,
                                              size_t param_bytes, uint64_t seed,
                                              struct journal_identity *out);

/* ---- the journal, on the root ---- */

struct journal;

/* Which journal, and which run of it; the root sends it to the ranks as bytes,
 * of which all are set. */
struct journal_run {
	uint64_t id[2]; /* drawn when the journal was made */
	uint64_t run;   /* from 1 */
};

/*
 * Open the journal at `path`, or make one: there, if it is an empty directory,
 * or in a directory that is made for it (but not its parents). Until
 * journal_close this process holds the journal's lock.
 *
 * The lock is flock's. It belongs to the open file, not to the process, so
 * that nobody loses it by closing another descriptor of the file, as with
 * POSIX record locks, and two opens in one process exclude each other. The
 * price is that a child forked meanwhile holds it too, for as long as the
 * child has the descriptor: let it call journal_close, which in a child closes
 * its copy and leaves the lock with the parent. (Locks of open file
 * descriptions, F_OFD_SETLK, are inherited in the same way.) The kernel drops
 * the lock with the last holder, however that dies.
 *
 * When it is refused nothing in the directory has changed.
 *
 * COHORT_EINVAL    path is NULL, empty, or not a directory; its parent is not
 *                  there; it belongs to another user, or everybody may write
 *                  to it; it holds other things and no journal; it is of
 *                  another sweep (parameters, their number or size, seed,
 *                  program: the sentence says which), another version of the
 *                  format, or another byte order
 * COHORT_ESTATE    in use; the sentence names the process, if it is known
 * COHORT_EIO       it cannot be made, read, written or locked
 * COHORT_ECORRUPT  the identity is damaged or lost
 */
COHORT_CHECKED cohort_status
journal_open(const char *path, const struct journal_identity *identity,
             struct journal **out);

/* The run that this is: the highest number that has files, and one more. */
struct journal_run journal_this_run(const struct journal *journal);

/* Release the lock and the object. NULL is allowed. In a forked copy of the
 * process: the copy only. */
void journal_close(struct journal *journal);

/* ---- reading, on the root ---- */

/* A finished task. 64-bit sizes, as on disk. */
struct journal_record {
	uint64_t index;
	uint64_t bytes; /* of the result */
	const void *data;
	const char *error; /* the failure's sentence; NULL or "": none */
	double seconds;
	int32_t rank;
	int32_t status; /* a cohort_status */
	int32_t attempts;
};

struct journal_figures {
	uint64_t files;      /* record files of earlier runs */
	uint64_t records;    /* tasks handed over */
	uint64_t superseded; /* records of the same tasks, before the last */
	uint64_t torn;       /* files whose last record was cut short, */
	uint64_t torn_bytes; /* and what is there of those records */
};

/* `record`, its data and its error stand during the call only; data are not
 * aligned; error is never NULL. Any status but COHORT_OK ends the reading and
 * is passed on. */
typedef cohort_status journal_take(void *arg,
                                   const struct journal_record *record);

/*
 * Hand over every task that earlier runs have finished, each once. Of several
 * records of a task the last counts: of the latest run, there of the highest
 * rank, there nearest to the end. All files are checked before the first task
 * is handed over.
 *
 * An incomplete record at the end of a file, or nothing but zeros there (as
 * some file systems leave after a power cut), is dropped and counted. Files
 * are read, not mapped: one that is cut under our hands is an error and not a
 * SIGBUS. Names that are not a journal's are ignored. Links are not followed.
 * Cost: two readings; 8 bytes of memory for each parameter set, and the
 * largest record.
 *
 * COHORT_ECORRUPT  a file's contents are not what was written; the sentence
 *                  has file, offset and what to do. Where a file changes
 *                  between its two readings, tasks have been handed over
 * COHORT_EINVAL    a record file of another user
 * COHORT_EIO       a file cannot be read
 */
COHORT_CHECKED cohort_status journal_read(const struct journal *journal,
                                          journal_take *take, void *arg,
                                          struct journal_figures *figures);

/* ---- writing, on every rank ---- */

/*
 * The part of a writer that its forked children must share: the caller may
 * place it in memory that is mapped shared. Set by journal_writer_open; not to
 * be touched by others.
 */
struct journal_shared {
	_Atomic uint64_t committed; /* bytes of whole records, and the head */
	_Atomic uint64_t changes;   /* of the file, counted */
	_Atomic uint64_t synced;    /* how many of these are on the disk */
	_Atomic uint64_t synced_at; /* when, in ns; used without a thread */
	_Atomic uint32_t writing;   /* somebody is, or died at it */
	_Atomic uint32_t failed;    /* what, and its errno; 0: nothing */
};

struct journal_writer;

/*
 * Make this rank's record file of the run, in the root's journal.
 *
 *   shared  stands until the writer is closed; NULL: the writer's own, for a
 *           process that writes alone
 *
 * A thread of the writer's syncs the file once a second when there is
 * something to sync; it blocks all signals. Where it cannot be made, a write
 * syncs if the last sync was a second ago. Forked children may write too, one
 * process at a time and none while another is in journal_write: what they
 * write is synced by the thread of the process that opened the writer, which
 * learns of it through `shared`. A writer's object is otherwise each process's
 * own copy.
 *
 * COHORT_EINVAL   there is another directory at `path` than on the root, or
 *                 none
 * COHORT_EIO      the file is there already, or cannot be made or written; or
 *                 the identity cannot be read
 * COHORT_ECORRUPT the identity is damaged
 */
COHORT_CHECKED cohort_status journal_writer_open(const char *path,
                                                 const struct journal_run *run,
                                                 int rank,
                                                 struct journal_shared *shared,
                                                 struct journal_writer **out);

/*
 * Append a record. When this has returned COHORT_OK the task survives the
 * death of any process; a power cut takes back what is younger than a second
 * and the time that a sync takes. Data and error are only read.
 *
 * If the last writing process died in the middle of a record, that is cut off
 * first.
 *
 * COHORT_EIO  it could not be written, or something before it not be synced;
 *             what there is of it is cut off. From then on nothing is written
 *             and every call returns the same, in every process
 */
COHORT_CHECKED cohort_status journal_write(struct journal_writer *writer,
                                           const struct journal_record *record);

/* Bytes of the whole records so far, and of what precedes them. */
uint64_t journal_writer_committed(const struct journal_writer *writer);

/*
 * Drop what was written behind `bytes`, which journal_writer_committed has
 * returned: after the death of a child that had written a record which is not
 * to count. It must not be at it any more.
 *
 * COHORT_EIO  as for journal_write
 */
COHORT_CHECKED cohort_status
journal_writer_rewind(struct journal_writer *writer, uint64_t bytes);

/*
 * Sync, end the thread, release the writer, whatever is returned. NULL is
 * allowed. In a forked copy of the process: release the copy only.
 *
 * COHORT_EIO  something was not written or synced, now or before
 */
cohort_status journal_writer_close(struct journal_writer *writer);

#endif
