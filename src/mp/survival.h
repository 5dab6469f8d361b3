/* How the ranks of a world go on with a sweep when some of them have died. */
#ifndef COHORT_MP_SURVIVAL_H
#define COHORT_MP_SURVIVAL_H

#include "common/core/backend.h"

extern const struct survival mp_survival;

#endif
