/* The schedules, as users spell them. */
#ifndef COHORT_COMMON_BASE_SCHEDULE_H
#define COHORT_COMMON_BASE_SCHEDULE_H

#include "cohort.h"

/* Whether `schedule` is one of the enum. */
bool schedule_valid(cohort_schedule schedule);

/* "dynamic"; "unknown" for a value that is not in the enum. */
const char *schedule_name(cohort_schedule schedule);

/* The schedule with this name; COHORT_SCHEDULE_DEFAULT if there is none. */
cohort_schedule schedule_parse(const char *name);

/* Whether COHORT_SCHEDULE may name a chunk with this schedule. */
bool schedule_takes_chunk(cohort_schedule schedule);

/* The values of COHORT_SCHEDULE: "static", "dynamic[,chunk]", and so on. NULL
 * ends the list. */
extern const char *const schedule_choices[];

#endif
