/* The COHORT_ variables: names, values, defaults. */
#ifndef COHORT_COMMON_CORE_CONFIG_ENVIRONMENT_H
#define COHORT_COMMON_CORE_CONFIG_ENVIRONMENT_H

#include "config.h"

/* Add to *out what the variables say; an unset variable leaves its field as it
 * is. COHORT_ECONFIG, with the name, the value and the allowed values in the
 * sentence, for the first value that is not allowed. */
COHORT_CHECKED cohort_status config_environment_read(struct config *out);

/* Warn about each variable whose name begins with COHORT_ and that cohort does
 * not read, because it may be misspelled. Names that begin with COHORT_TEST_
 * are the tests' own; with COHORT_TASK_ and COHORT_P_, the command's. */
void config_environment_warn(int rank);

#endif
