/* Reads the records of a journal in turn, also while a run writes them. Needs
 * permission to read, and changes nothing: no lock, no file, no time. */
#ifndef COHORT_COMMON_JOURNAL_FOLLOW_H
#define COHORT_COMMON_JOURNAL_FOLLOW_H

#include "format.h"

struct journal_follow;

/* The statuses are those of cohort_journal_open. */
COHORT_CHECKED cohort_status follow_open(const char *path,
                                         struct journal_follow **out);

/* The next record, which is valid until the next call. Its data are not
 * aligned. *end receives true if there is none now; *out is not written then.
 * The statuses are those of cohort_journal_next. */
COHORT_CHECKED cohort_status follow_next(struct journal_follow *follow,
                                         struct journal_record *out, bool *end);

/* The head of the file of the record that was given last. */
const struct format_tasks *follow_head(const struct journal_follow *follow);

/* NULL is allowed. */
void follow_close(struct journal_follow *follow);

#endif
