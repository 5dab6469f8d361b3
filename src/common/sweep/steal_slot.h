/*
 * A rank's stock: what it has claimed and not begun. It lies on the board, so
 * that those who find no tickets left can take from it: a claim of several
 * tasks is a guess that they are short.
 */
#ifndef COHORT_COMMON_SWEEP_STEAL_SLOT_H
#define COHORT_COMMON_SWEEP_STEAL_SLOT_H

#include "common/base/worker_stats.h"

#include <stdbool.h>

enum { STEAL_SLOT_MOST = 31 };

/* Put `count` numbers from `first` on into this rank's own stock, which is
 * empty. At most STEAL_SLOT_MOST; none is allowed. */
void steal_slot_fill(struct rank_counters *own, uint64_t first, uint64_t count);

/* The first of its own; false if there is none left. */
bool steal_slot_take(struct rank_counters *own, uint64_t *out);

/* The last of somebody else's in the same sweep; false if nobody has any. */
bool steal_slot_steal(struct worker_stats *stats, int ranks, int stats_index,
                      uint64_t *out);

#endif
