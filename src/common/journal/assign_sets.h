/* Decides which of the records that were noted are the results of which sets,
 * by the rules of assignment.h. */
#ifndef COHORT_COMMON_JOURNAL_ASSIGN_SETS_H
#define COHORT_COMMON_JOURNAL_ASSIGN_SETS_H

#include "assignment_state.h"

/* Make the table of all sets, unless it is there. False if there is no
 * memory. */
bool assign_have_keys(struct assignment *assignment);

/*
 * `taken` has a zero for each set, and receives the number + 1 of the record
 * that is its result; 0: none.
 *
 *   unique  it is known that no two sets are equal
 *
 * False if there is no memory.
 */
bool assign_sets(struct assignment *assignment, bool unique,
                 struct packed_numbers *taken);

#endif
