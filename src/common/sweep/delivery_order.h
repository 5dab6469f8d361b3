/* Results as they come (delivery_state.h): which result's turn it is on rank 0.
 * With job.ordered those that come early wait, each by the place of its record,
 * or as a copy if results are released. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_ORDER_H
#define COHORT_COMMON_SWEEP_DELIVERY_ORDER_H

#include "delivery_stream.h"

/* The record `taken`, in the place that `item` says, has come: hand it over, or
 * let it wait, unless its task has a result already. Then hand over all whose
 * turn has come. */
void delivery_arrive(struct delivery *delivery, struct reorder_item item,
                     const struct taken_record *taken);

/* The task has a result. */
void delivery_note_arrival(struct delivery *delivery, size_t index);

/* Hand over all results whose turn has come. */
void delivery_hand_over_next(struct delivery *delivery);

/* Tasks below this index may begin, however much waits: the awaited one, and as
 * many after it, of those that are missing in a row, as do not need much more
 * memory if they come before it. */
uint64_t delivery_find_limit(const struct delivery *delivery);

/* At the end of the sweep: hand over the results that wait for their turn,
 * because tasks before them were not run. Does nothing on other ranks. */
void delivery_end(struct sweep_run *run);

#endif
