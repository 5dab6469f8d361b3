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

#include "common/base/param_sets.h"
#include "digest_set.h"
#include "noted_record.h"

/* A record that was not made where its set is now, or that may take a place. */
struct replaced_index {
	uint64_t number; /* in the order of reading */
	uint64_t index;  /* at which it was made */
};

/* What is kept of records while they are noted. All 0 at first. */
struct replaced_records {
	struct digest_set failed; /* digests of records before `looked` */
	uint64_t looked;
	struct replaced_index *list;
	uint64_t count;
	uint64_t room;
	bool any; /* one may take a place */
};

/* The record that was noted last is known. Call this for those that have failed
 * or are of a run that ran failed tasks again. False if there is no memory: 32
 * bytes for each failed record, if there are such runs after it, and 16 for
 * each failed record that was run again or has moved. */
bool replaced_note(struct replaced_records *replaced,
                   const struct noted_records *noted,
                   const struct param_sets *sets, const uint64_t digest[2],
                   uint64_t index);

/* Set NOTED_REPLACED where it is so. False if there is no memory: 48 bytes for
 * each record that has failed or takes a place, if any does. */
bool replaced_mark(const struct replaced_records *replaced,
                   struct noted_records *noted, const struct param_sets *sets);

void replaced_free(struct replaced_records *replaced);

#endif
