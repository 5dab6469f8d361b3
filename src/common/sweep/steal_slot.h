/*
 * A rank's steal slot has the tasks that the rank has claimed and not begun. It
 * lies in the rank's counters, so a rank that finds no tickets left can take
 * tasks from there. A rank claims several tasks at once only as a guess that
 * they are short.
 */
#ifndef COHORT_COMMON_SWEEP_STEAL_SLOT_H
#define COHORT_COMMON_SWEEP_STEAL_SLOT_H

#include "common/base/worker_stats.h"

#include <stdbool.h>

enum { STEAL_SLOT_MOST = 31 };

/* Put the numbers first, first + 1, ..., `count` of them, into this rank's own
 * slot, which is empty. `count` may be 0, and STEAL_SLOT_MOST at the most. */
void steal_slot_fill(struct rank_counters *own, uint64_t first, uint64_t count);

/* Take the lowest number from this rank's own slot; false if it is empty. */
bool steal_slot_take(struct rank_counters *own, uint64_t *out);

/* Take the highest number from the slot of another rank that is in the same
 * sweep; false if all slots are empty. */
bool steal_slot_steal(struct worker_stats *stats, int ranks, int stats_index,
                      uint64_t *out);

#endif
