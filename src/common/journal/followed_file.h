/*
 * One record file that may be written while it is read.
 *
 * A writer appends, and it cuts off what it cannot keep: the beginning of a
 * record whose writer was killed or whose disk was full, and sometimes whole
 * records of an isolated child that was killed before its rank knew of them.
 * So the bytes at an offset may change. After each piece that was read, the
 * reader checks that the last record which it has given is still in the file.
 */
#ifndef COHORT_COMMON_JOURNAL_FOLLOWED_FILE_H
#define COHORT_COMMON_JOURNAL_FOLLOWED_FILE_H

#include "directory.h"
#include "scan.h"

#include <time.h>

enum { FOLLOWED_MARKS = 2 };

/* How far a file was read. All 0 for a new one, but for its name. */
struct followed_file {
	struct tasks_name name;
	uint64_t offset; /* behind the last record that was given */
	/* The records that were given last, the newest first. */
	struct scan_mark given[FOLLOWED_MARKS];
	/* When the file had been changed last before it was read last, and
	 * whether that was long ago then. Two changes within a few milliseconds
	 * may have the same time. */
	struct timespec changed;
	bool settled;
	bool damaged; /* it is not read any more */
};

/* A file that is open. The caller sets `dir`, and of `scan` the path, the
 * room for the name, the run's id and the count; and has opened its window. */
struct followed_reading {
	int dir; /* descriptor of the journal's directory */
	struct scan scan;
	uint64_t checked; /* pieces after which the last record was there */
	char name[TASKS_NAME_BYTES];
};

/* *more receives whether the file may have changed since it was read last. Then
 * it is open, and the caller closes it. */
COHORT_CHECKED cohort_status followed_file_open(
    struct followed_file *file, struct followed_reading *reading, bool *more);

/*
 * The next record of the file that is open. *more receives whether there is
 * one now. If a writer has dropped records that were given, the next ones are
 * those that it wrote instead; in the worst case all records of the file come
 * again.
 *
 * COHORT_ECORRUPT  the file is damaged; it is not read any more
 * COHORT_EIO, COHORT_ENOMEM  the file could not be read now
 */
COHORT_CHECKED cohort_status
followed_file_next(struct followed_file *file, struct followed_reading *reading,
                   struct journal_record *out, bool *more);

void followed_file_close(struct followed_reading *reading);

#endif
