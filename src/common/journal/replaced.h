/*
 * Records of failed tasks whose place a later record has taken.
 *
 * A record with JOURNAL_RERUN, of a run that ran failed tasks again, takes the
 * place of failed records of earlier runs, which have the same digest and were
 * good in that run: of all with the same index or, if there are none, of the
 * oldest one that is good at any index. All this depends on the journal only,
 * so a failed result that has been replaced never comes back, whatever the
 * parameter sets of a later run are.
 */
#ifndef COHORT_COMMON_JOURNAL_REPLACED_H
#define COHORT_COMMON_JOURNAL_REPLACED_H

#include "noted_record.h"

/* Set NOTED_REPLACED where it is so. Each record that is known and has failed,
 * or has NOTED_RERUN, has its `first` set. False if there is no memory: 40
 * bytes for each of these records. */
bool replaced_mark(struct noted_records *noted);

#endif
