/*
 * Which record of a journal is the result of which parameter set of a sweep.
 *
 * A record belongs to a parameter set if the set has the digest of the record.
 * If the task asked for its index, it is good at that index only; if it asked
 * for its seed, with the seed of its run only. A record has at most one set,
 * and a set at most one record:
 *
 * 1. A record of a run that ran failed tasks again takes the place of failed
 *    records of earlier runs with the same digest; see replaced.h.
 * 2. A set takes the record of a task that succeeded and was made at the set's
 *    index: of several the last one in the order of reading that is good there
 *    only, or else the last one.
 * 3. Sets that have none yet take records of tasks that succeeded and are left
 *    over, in the order of index and of reading.
 * 4. The same, 2 and 3, with the records of failed tasks.
 *
 * So n equal sets need n records, an unchanged sweep gets back what it had, and
 * a record that no set needs stays in the journal for a later run.
 *
 * Memory: 8 bytes for each record, and 5 for each set; or 7 for each set, if
 * sets have moved. Only if two sets are equal, and sets have moved or have no
 * result, 17 for each set. What replaced.h says comes to it if failed tasks
 * were run again.
 */
#ifndef COHORT_COMMON_JOURNAL_ASSIGNMENT_H
#define COHORT_COMMON_JOURNAL_ASSIGNMENT_H

#include "assignment_state.h"
#include "format.h"

/* The records that are noted from now on are of the next run. */
COHORT_CHECKED cohort_status assignment_next_run(struct assignment *assignment);

/* Note the next record in the order of reading, from a file with this head. */
COHORT_CHECKED cohort_status
assignment_note(struct assignment *assignment, const struct format_tasks *head,
                const struct journal_record *record);

/* All records are noted: decide. *assigned receives how many are results. */
COHORT_CHECKED cohort_status assignment_decide(struct assignment *assignment,
                                               uint64_t *assigned);

/* After assignment_decide: whether record `number`, from 0, is the result of a
 * parameter set; *index receives which. */
bool assignment_has(const struct assignment *assignment, uint64_t number,
                    uint64_t *index);

void assignment_close(struct assignment *assignment);

#endif
