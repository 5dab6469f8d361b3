/* Reading the options of cohort_open, and the environment. */
#ifndef COHORT_COMMON_CORE_CONFIG_READ_H
#define COHORT_COMMON_CORE_CONFIG_READ_H

#include "config.h"

/* Read `options` (NULL: all defaults) and the COHORT_ variables. Options take
 * precedence, but every variable is checked. COHORT_ECONFIG for an option or a
 * variable that is not allowed; then *out is untouched. */
COHORT_CHECKED cohort_status config_read(const cohort_options *options,
                                         struct config *out);

/* After config_read has failed: read the backend, if its name is allowed, and
 * the communicator. The other fields of *out are not valid. Writes the same
 * sentence again. */
void config_read_backend(const cohort_options *options, struct config *out);

#endif
