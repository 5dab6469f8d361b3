/*
 * Results as they come (delivery_state.h): those of earlier runs, if results
 * are released (job.discard). They are read from the journal when on_result
 * gets them. On rank 0.
 *
 * Without `ordered` that is in the order of the files: a reading of the
 * journal. With `ordered`, a reading notes where each result is, in 16 bytes
 * for each parameter set, and each is read again when it is its turn.
 *
 * Functions that return false have set delivery->unread.
 */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_RESUMED_H
#define COHORT_COMMON_SWEEP_DELIVERY_RESUMED_H

#include "delivery_stream.h"

/* The record as stores have it, in delivery->copy. COHORT_ENOMEM with its
 * sentence if there is no memory. */
COHORT_CHECKED cohort_status delivery_resumed_copy(
    struct delivery *delivery, const struct journal_record *from,
    struct taken_record *out);

/* Pass all results of the journal to `take`, with the delivery. */
bool delivery_resumed_pass(struct delivery *delivery, journal_take *take);

/* Note where each result is. */
bool delivery_resumed_locate(struct delivery *delivery);

/* Whether the result of this task is to be read, and all before it could be.
 * The task may be past the last one. False without delivery_resumed_locate. */
bool delivery_resumed_has(const struct delivery *delivery, uint64_t index);

/* Read it into delivery->copy, once. */
bool delivery_resumed_read(struct delivery *delivery, uint64_t index,
                           struct taken_record *out);

/* Release everything. */
void delivery_resumed_close(struct delivery *delivery);

#endif
