/* Reads the records of one record file, from beginning to end, whatever it
 * contains. */
#ifndef COHORT_COMMON_JOURNAL_SCAN_H
#define COHORT_COMMON_JOURNAL_SCAN_H

#include "file_window.h"
#include "journal_types.h"

struct scan {
	/* The file. window.offset is the number of bytes in its head and in the
	 * records that have been read. */
	struct file_window window;
	struct journal_run run; /* that the file must belong to */
	int rank;               /* that the file must belong to */
	uint64_t count;         /* tasks of the sweep */
	/* Only check the records: those that are larger than a piece of the
	 * file are returned without their data and sentence. */
	bool check_only;
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

#endif
