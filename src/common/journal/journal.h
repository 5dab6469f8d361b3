/*
 * A journal: a directory that stores finished tasks, by the contents of their
 * parameter sets, so that a later run does not run them again. docs/journal.md
 * describes the format byte by byte.
 *
 *	identity          what all its tasks have in common; written once
 *	lock              held while a run uses the journal
 *	tasks-RUN-RANK    records that one rank, or the ranks of its machine,
 *	                  appended in one run
 *
 * Every run makes record files of its own and never writes to older ones.
 *
 * The root opens the journal (here), sends the struct journal_run to the other
 * ranks, and reads what earlier runs have left (reader.h). Every rank, the root
 * included, opens a writer (writer.h). None of these calls is collective, and
 * none knows of groups. One thread at a time may use an object. Every
 * descriptor is close-on-exec and at least 3.
 *
 * Every call in this folder writes a sentence when it fails, and writes its
 * outputs only when it succeeds. Each of them may return COHORT_ENOMEM, which
 * the comments do not repeat.
 */
#ifndef COHORT_COMMON_JOURNAL_JOURNAL_H
#define COHORT_COMMON_JOURNAL_JOURNAL_H

#include "file.h"
#include "journal_types.h"

#include <sys/types.h>

/* Open on the root. Other folders pass it on and do not use its fields. */
struct journal {
	char *path; /* as the program named it, for sentences */
	int dir;    /* descriptor of the directory */
	int lock;   /* descriptor of the lock's file */
	/* Of these two. */
	struct file_identity folder;
	struct file_identity locked;
	pid_t opener; /* process that holds the lock */
	struct journal_sweep sweep;
	struct journal_run run; /* this run */
	uint64_t old_count;     /* parameter sets of a journal of format 1 */
};

/*
 * Open the journal at `path` or make one: in `path` if that is an empty
 * directory; otherwise the directory is created, and its parent directory must
 * exist. This process then holds the journal's lock until journal_close.
 *
 * The lock is taken with flock. It belongs to the open file and not to the
 * process. Closing another descriptor of the same file does not drop it, as it
 * would drop a POSIX record lock, and two opens in one process exclude each
 * other. A child that is forked meanwhile holds the lock too, as long as it has
 * the descriptor; such a child calls journal_close, which in a child closes the
 * copy and leaves the lock with the parent. (Locks of open file descriptions,
 * F_OFD_SETLK, are inherited in the same way.) The kernel drops the lock with
 * the last descriptor, however the process ends.
 *
 * If the journal is refused, nothing in the directory has changed.
 *
 * COHORT_EINVAL    path is NULL, empty or not a directory; its parent does not
 *                  exist; the directory belongs to another user, or everybody
 *                  may write to it; it holds other files and no journal; the
 *                  journal is of another sweep (bytes in a parameter set,
 *                  the job's identity, the program: the sentence says which),
 *                  of a later version of the format, or in another byte order
 * COHORT_ESTATE    the journal is in use; the sentence names the process if
 *                  that is known
 * COHORT_EIO       it cannot be made, read, written or locked
 * COHORT_ECORRUPT  the identity is damaged or missing
 */
COHORT_CHECKED cohort_status journal_open(const char *path,
                                          const struct journal_sweep *sweep,
                                          struct journal **out);

/* The same, also on a file system without locks: two runs at once are then not
 * noticed. A warning says so. */
COHORT_CHECKED cohort_status journal_open_unlocked(
    const char *path, const struct journal_sweep *sweep, struct journal **out);

/* The run that the open journal is used by: its number is one more than the
 * highest that has record files. */
struct journal_run journal_this_run(const struct journal *journal);

/* Release the lock and the object. NULL is allowed. In a forked copy of the
 * process only the copy is released. */
void journal_close(struct journal *journal);

#endif
