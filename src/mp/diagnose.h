/* Which rank keeps the others from going on, when one of them has waited for
 * the length of the timeout. */
#ifndef COHORT_MP_DIAGNOSE_H
#define COHORT_MP_DIAGNOSE_H

#include "world.h"

/* The failure to report, with the ranks and their number: this rank has waited
 * for rank `awaited`. */
struct world_failure diagnose_timeout(const struct mp_world *world,
                                      int awaited);

#endif
