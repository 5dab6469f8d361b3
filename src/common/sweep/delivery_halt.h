/* Results as they come (delivery_state.h): the delivery ends before its last
 * result. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_HALT_H
#define COHORT_COMMON_SWEEP_DELIVERY_HALT_H

#include "delivery_state.h"

/* Stop the sweep, and call on_result no more. */
void delivery_halt(struct delivery *delivery);

/* There is no memory for a result, `to` do what, and `error` is the system's
 * reason, an errno: stop the sweep, with a status and a sentence that say
 * so. */
void delivery_lack_memory(struct delivery *delivery, const char *to, int error);

#endif
