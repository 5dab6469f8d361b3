/* Results as they come (delivery_state.h): rank 0 calls on_result. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_CALL_H
#define COHORT_COMMON_SWEEP_DELIVERY_CALL_H

#include "delivery_stream.h"

/* Call on_result, unless the delivery has halted. If results are released,
 * cohort_gather gets those that have failed, and those that on_result does not
 * get any more. */
void delivery_hand_over(struct delivery *delivery,
                        const struct taken_record *taken);

#endif
