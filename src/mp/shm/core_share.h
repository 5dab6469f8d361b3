/*
 * Ranks that take turns on a core. One that waits lets the others run; but once
 * all of them have come to the meeting, nobody on this core is waited for, and
 * giving it away would only make this rank late: each switch of processes takes
 * as long as a meeting. With p ranks on c cores, a meeting then takes p / c - 1
 * switches, which is the least, since every rank has to run.
 *
 * This decides how a rank waits, never whether: where a rank runs may change at
 * any moment, and what is known of it is as old as its last meeting.
 */
#ifndef COHORT_MP_SHM_CORE_SHARE_H
#define COHORT_MP_SHM_CORE_SHARE_H

#include "shm_plane.h"

/* This rank comes to a meeting, on the core that it runs on now. Cost: two
 * words that, mostly, only this core writes. */
void core_share_arrive(struct shm_plane *plane, uint64_t number);

/* Whether all ranks that were last seen on this rank's core have come. */
bool core_share_all_arrived(const struct shm_plane *plane, uint64_t number);

#endif
