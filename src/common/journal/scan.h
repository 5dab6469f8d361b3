/* Reads the records of one record file, from beginning to end, whatever it
 * contains. */
#ifndef COHORT_COMMON_JOURNAL_SCAN_H
#define COHORT_COMMON_JOURNAL_SCAN_H

#include "scan_state.h"

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
