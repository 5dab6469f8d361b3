/* Messages of the library on stderr, one line each: "cohort[2]: info: ...",
 * where 2 is the rank. */
#ifndef COHORT_COMMON_BASE_LOG_H
#define COHORT_COMMON_BASE_LOG_H

#include "cohort.h"

/* From the most to the least important. name, the word in COHORT_LOG */
#define LOG_LEVEL_MAP(X) \
	X(ERROR, error) X(WARN, warn) X(INFO, info) X(DEBUG, debug)

enum log_level {
#define LOG_ENUM(name, word) LOG_##name,
	LOG_LEVEL_MAP(LOG_ENUM)
#undef LOG_ENUM
};

enum { LOG_DEFAULT = LOG_WARN };

/* "warn" */
const char *log_level_name(enum log_level level);

/* Messages less important than `level` are dropped from now on, in the whole
 * process. Before the first call the threshold is LOG_DEFAULT. */
void log_set_threshold(enum log_level level);

/* Write one line if `level` passes the threshold. `rank` is -1 where this
 * process has no rank yet; the line then begins with "cohort:". Keeps errno. */
void log_line(enum log_level level, int rank, const char *format, ...)
    COHORT_PRINTF(3, 4);

#endif
