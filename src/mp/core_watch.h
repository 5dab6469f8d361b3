/*
 * Ranks that crash and write a core file. The system tells of their end when
 * the file is written, which takes seconds for gigabytes. But such a process
 * runs nothing of its program any more, so a sweep need not wait: its ranks
 * look for these now and then, one after another, in /proc (liveness.h).
 * Cost: a few reads of /proc for each LOOK_SECONDS of a rank.
 */
#ifndef COHORT_MP_CORE_WATCH_H
#define COHORT_MP_CORE_WATCH_H

#include "world.h"

/* Look at some other ranks, unless this rank has just done so. If one of them
 * writes a core file, the world breaks. Not in a forked copy of a rank. */
void core_watch_look(struct mp_world *world);

/* Rank r writes a core file because of this signal: it counts as dead, and its
 * tasks are ended. */
void core_watch_note(const struct mp_world *world, int r, int signal);

#endif
