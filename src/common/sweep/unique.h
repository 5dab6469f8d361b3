/* Whether the parameter sets of a sweep are all different. */
#ifndef COHORT_COMMON_SWEEP_UNIQUE_H
#define COHORT_COMMON_SWEEP_UNIQUE_H

#include "common/base/error.h"
#include "sweep.h"

/* COHORT_EINVAL, with the positions of the first two equal sets: of the pairs
 * of equal sets the one whose second set comes first. COHORT_ENOMEM if there
 * is no memory for the check: 11 bytes for each set. */
COHORT_CHECKED cohort_status unique_check(const struct sweep *sweep);

#endif
