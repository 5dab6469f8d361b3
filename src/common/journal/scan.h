/* Reads the records of one record file, from beginning to end, whatever it
 * contains. */
#ifndef COHORT_COMMON_JOURNAL_SCAN_H
#define COHORT_COMMON_JOURNAL_SCAN_H

#include "file_window.h"
#include "format.h"

/* Identifies a record in its file. */
struct scan_mark {
	uint64_t offset;   /* where it begins; 0: no record */
	uint64_t checksum; /* of its header */
};

struct scan {
	/* The file. window.offset is the number of bytes in its head and in the
	 * records that have been read. */
	struct file_window window;
	struct journal_run run; /* that the file must belong to: id and run */
	int rank;               /* that the file must belong to */
	/* Parameter sets of the sweep, for a file of version 1. Those of later
	 * versions have it in their heads. */
	uint64_t count;
	/* Only check the records: those that are larger than a piece of the
	 * file are returned without their data and sentence. */
	bool check_only;
	struct scan_mark last;    /* the record that scan_next returned last */
	struct format_tasks head; /* of a file, when a record was read */
};

/*
 * Read the next record. *more receives whether there is one; otherwise the rest
 * of the file, up to window.size, is an incomplete record or zeros. *out is
 * valid until the next call or window_close. Its data are not aligned, and its
 * error is never NULL.
 *
 * Returns the statuses of journal_read.
 */
COHORT_CHECKED cohort_status scan_next(struct scan *scan,
                                       struct journal_record *out, bool *more);

/* *there receives whether the file has this record. */
COHORT_CHECKED cohort_status scan_find(struct scan *scan,
                                       const struct scan_mark *mark,
                                       bool *there);

#endif
