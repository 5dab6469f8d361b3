/*
 * Results that are released as they are read (delivery_flow.h): how long a rank
 * waits that is held up. It waits while there are signs of life: a task of this
 * machine that ends, a result that rank 0 takes or hands over, a message. After
 * the group's timeout without one it leaves its share, and the exchange of
 * statuses that follows finds the rank that does not come.
 */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_PATIENCE_H
#define COHORT_COMMON_SWEEP_DELIVERY_PATIENCE_H

#include "common/base/time_limit.h"
#include "delivery_state.h"

/* All 0 when the wait begins. */
struct patience {
	struct time_limit failed; /* counts from the failure of the world */
	struct time_limit silent; /* counts from the last sign of life */
	uint64_t signs;
};

/* Look, every half second or more often: whether the rank must not wait any
 * longer. */
bool delivery_patience_ends(struct sweep_run *run, struct patience *patience);

/* Whether a wait of this rank has ended so in this round, at the group's
 * timeout. */
bool delivery_is_late(const struct sweep_run *run);

#endif
