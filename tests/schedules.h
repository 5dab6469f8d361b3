/* The schedules that tests go through. */
#ifndef TESTS_SCHEDULES_H
#define TESTS_SCHEDULES_H

#include "cohort.h"

/* All schedules: from COHORT_STATIC, or from COHORT_SCHEDULE_DEFAULT, to before
 * SCHEDULES_END. */
enum {
	SCHEDULES_END = COHORT_GUIDED + 1,
	SCHEDULES_NAMED = SCHEDULES_END - COHORT_STATIC,
};

#endif
