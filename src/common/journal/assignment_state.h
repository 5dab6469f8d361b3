/* What assignment.c and assign_sets.c know of the records. */
#ifndef COHORT_COMMON_JOURNAL_ASSIGNMENT_STATE_H
#define COHORT_COMMON_JOURNAL_ASSIGNMENT_STATE_H

#include "key_table.h"
#include "replaced.h"

struct journal_sweep;

/* The caller sets `sweep`; the rest is 0 at first. */
struct assignment {
	const struct journal_sweep *sweep;
	struct key_table keys; /* open if its slots have bytes */
	struct noted_records noted;
	struct replaced_records replaced;
};

#endif
