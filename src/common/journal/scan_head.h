/* The head of the file that a scan reads. */
#ifndef COHORT_COMMON_JOURNAL_SCAN_HEAD_H
#define COHORT_COMMON_JOURNAL_SCAN_HEAD_H

#include "scan_state.h"

/* Read the head, with which the file begins. *more receives whether records may
 * follow. */
COHORT_CHECKED cohort_status scan_head_read(struct scan *scan, bool *more);

/* In the middle of the file: have its head. *found receives whether it has one
 * now. */
COHORT_CHECKED cohort_status scan_head_fetch(struct scan *scan, bool *found);

#endif
