/*
 * A waiting rank reads in the records of the other ranks whether one of them
 * will not complete the call. Each function returns true and fills *out if so.
 * The functions do not break the world; wait.c does.
 */
#ifndef COHORT_MP_RANK_CHECK_H
#define COHORT_MP_RANK_CHECK_H

#include "world.h"

#include <stdbool.h>

/* A rank that closed all its groups before it ended has broken nothing. But the
 * ranks that wait for it in a later call would wait for ever, so this is a
 * failure once its next call is missing. */
bool rank_check_left(const struct mp_world *world, struct world_failure *out);

/* Whether a rank has refused `call`, which is under way on this rank, or one of
 * the calls that this rank left early (shm/early_leave.h). */
bool rank_check_refused(const struct mp_world *world, const struct call *call,
                        struct world_failure *out);

/* Whether a rank is ending (liveness.h). Checks the rank `awaited`, and some
 * others in turn, so that several calls check all. */
bool rank_check_ending(struct mp_world *world, int awaited,
                       struct world_failure *out);

#endif
