/*
 * A rank's steal slot has the tasks that the rank has claimed and not begun. It
 * lies in the rank's counters, so a rank that finds no tickets left can take
 * tasks from there. A rank claims several tasks at once only as a guess that
 * they are short.
 */
#ifndef COHORT_COMMON_BASE_STEAL_SLOT_H
#define COHORT_COMMON_BASE_STEAL_SLOT_H

#include "ticket_range.h"
#include "worker_stats.h"

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

/* The numbers that a rank has in its slot. */
uint64_t steal_slot_count(const struct rank_counters *rank_counters);

/* Take all numbers from a rank's slot; a count of 0 means that it is empty. */
struct ticket_range steal_slot_empty(struct rank_counters *rank_counters);

#endif
