/* Around each fork of the library Python does what os.fork does: it takes its
 * locks before, and releases or renews them after. */
#ifndef COHORT_HOOKS_H
#define COHORT_HOOKS_H

#include "cohort.h"

/** Set the hooks of a group that is to be opened. */
void hooks_set(cohort_options *options);

#endif
