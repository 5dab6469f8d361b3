/* What the library says on stderr, one line a message, if COHORT_LOG lets
 * it: "cohort[2]: info: ...", the number being the rank once there is one. */
#ifndef COHORT_COMMON_BASE_LOG_H
#define COHORT_COMMON_BASE_LOG_H

#include "common/core/config.h"

/* Keeps errno. `rank` below 0: none yet. */
void log_line(enum log_level level, int rank, const char *format, ...)
    COHORT_PRINTF(3, 4);

#endif
