/* Tasks in a child process, which may crash, exit or overstay. */
#ifndef COHORT_COMMON_ISOLATE_H
#define COHORT_COMMON_ISOLATE_H

#include "work.h"

/* As work_on, but by children, one after another; this process sleeps, and
 * restarts them. */
COHORT_CHECKED cohort_status isolate_work(struct worker *worker);

#endif
