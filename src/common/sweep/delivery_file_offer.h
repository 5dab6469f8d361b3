/* Results as they come, read by rank 0 in files (delivery_file.h): the other
 * ranks' part. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_FILE_OFFER_H
#define COHORT_COMMON_SWEEP_DELIVERY_FILE_OFFER_H

#include "common/base/rank_states.h"
#include "delivery_state.h"

/* On every rank, before the ranks exchange their statuses: if this one can, put
 * its results, of which there are none yet, into a file. */
void delivery_file_offer(struct sweep_run *run);

enum rank_file_state delivery_file_state(const struct sweep_run *run);

/* On a rank that does not send its records: whether rank 0 has read all. */
bool delivery_file_is_read(const struct sweep_run *run);

#endif
