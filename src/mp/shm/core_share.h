/*
 * Which ranks take turns on a core, when there are more ranks than cores. A
 * rank that waits in a counted barrier yields while other ranks of its core
 * have yet to arrive. Once all of them have, no rank on this core is waited
 * for; to yield would only delay this rank, because a switch of processes takes
 * as long as a barrier. So with p ranks on c cores a barrier takes p / c - 1
 * switches. It cannot take fewer, because every rank has to run.
 *
 * The core of each rank is known as of its last barrier, and ranks move. So
 * this decides only how a rank waits; the barrier does not depend on it.
 */
#ifndef COHORT_MP_SHM_CORE_SHARE_H
#define COHORT_MP_SHM_CORE_SHARE_H

#include "shm_plane.h"

/* 0: ranks wait as backoff.h has it, wherever they run. bench/variants.sh
 * measures the difference. */
#ifndef CORE_SHARE
#define CORE_SHARE 1
#endif

/* This rank arrives at rendezvous `number`, on the core that it runs on. Cost:
 * two words that mostly this core alone writes. */
void core_share_arrive(struct shm_plane *plane, uint64_t number);

/* Whether all ranks that last arrived on this rank's core have arrived at
 * rendezvous `number`. */
bool core_share_all_arrived(const struct shm_plane *plane, uint64_t number);

#endif
