/* Results as they come (delivery_state.h): rank 0's part. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_H
#define COHORT_COMMON_SWEEP_DELIVERY_H

#include "delivery_state.h"

/* Hand over all that is shown. If `trusted`, no rank runs tasks, and the ranks
 * have checked their records. */
void delivery_poll(struct delivery *delivery, bool trusted);

/* The same for the stream of rank r. */
void delivery_poll_rank(struct delivery *delivery, int r, bool trusted);

/* On other ranks that send records: take the next one of this rank. *record is
 * valid until the next call. False if there is none now. */
bool delivery_take_own(struct delivery *delivery, bool trusted,
                       const void **record, size_t *bytes);

/* When tasks are about to run: on rank 0, hand over the journal's results. */
void delivery_begin(struct sweep_run *run);

/* When ranks have died and the others run no task: hand over all that
 * kept_records.c counts. */
void delivery_take_kept(struct sweep_run *run);

#endif
