/* How many ranks mp may start. */
#ifndef COHORT_COMMON_CORE_SIZE_LIMIT_H
#define COHORT_COMMON_CORE_SIZE_LIMIT_H

#include "cohort.h"

enum { SIZE_LIMIT = 4096 }; /* ranks that mp starts at the most */

/* COHORT_ECONFIG if `size` ranks are more than SIZE_LIMIT, or more processes
 * than the user's limit allows. `name` is the option or variable that asks for
 * them. */
COHORT_CHECKED cohort_status size_limit_check(const char *name,
                                              unsigned long long size);

#endif
