/* Results as they come (delivery_state.h): how ranks sleep, and wake each
 * other. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_SLEEP_H
#define COHORT_COMMON_SWEEP_DELIVERY_SLEEP_H

#include "sweep_run.h"

/* Between two checks whether the world has failed. */
enum { DELIVERY_SLEEP_MS = 50 };

/* In any process of the sweep, when it has shown a record: wake rank 0 if it
 * sleeps. */
void delivery_wake_root(const struct sweep_run *run);

/* On rank 0, and on a rank that sends its records, before it looks at its
 * streams for the last time, and after a sleep. Between them delivery_event is
 * readable when more is shown; -1: there is nothing to wait for. On other ranks
 * they do nothing. */
void delivery_before_sleep(const struct sweep_run *run);
void delivery_after_sleep(const struct sweep_run *run);
int delivery_event(const struct sweep_run *run);

/* On rank 0: sleep until more is shown. */
void delivery_sleep(const struct sweep_run *run);

/* Seconds that this rank may sleep in another way: `most`, or less if
 * delivery_event will not become readable because records come fast. */
double delivery_sleep_most(const struct sweep_run *run, double most);

/* On rank 0: wake the ranks that wait for room. */
void delivery_wake_waiting(const struct sweep_run *run);

/* On another rank: delivery_begin_wait, then a check whether there is room,
 * delivery_wait with what the first call returned, and delivery_end_wait. */
uint32_t delivery_begin_wait(const struct sweep_run *run);
void delivery_wait(const struct sweep_run *run, uint32_t room);
void delivery_end_wait(const struct sweep_run *run);

/* Whether the monitor is gone, and the peers with it. Does not return if a rank
 * has called cohort_abort. */
bool delivery_lost_ranks(struct sweep_run *run);

bool delivery_world_failed(const struct world *world);

/* The number of this round, of the ranks that run tasks together. */
uint64_t delivery_round_of(const struct sweep_run *run);

#endif
