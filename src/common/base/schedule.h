/* The names of the schedules. */
#ifndef COHORT_COMMON_BASE_SCHEDULE_H
#define COHORT_COMMON_BASE_SCHEDULE_H

#include "cohort.h"

/* Whether `schedule` is one of the enum. */
bool schedule_valid(cohort_schedule schedule);

/* "dynamic"; "unknown" for a value that is not in the enum. */
const char *schedule_name(cohort_schedule schedule);

/* The schedule with this name; COHORT_SCHEDULE_DEFAULT if there is none. */
cohort_schedule schedule_parse(const char *name);

#endif
