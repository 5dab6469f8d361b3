/* A second group, a sweep that is stopped, and one with a deadline whose results come
 * as it runs. */
#ifndef COHORT_TESTS_INJECTION_TARGET_SCENES_H
#define COHORT_TESTS_INJECTION_TARGET_SCENES_H

#include <cohort.h>
#include <stdbool.h>

void run_scenes(cohort *group, bool journals);

#endif
