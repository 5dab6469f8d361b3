/* The first failure of a writer, which all its processes know. */
#ifndef COHORT_COMMON_JOURNAL_WRITER_FAILURE_H
#define COHORT_COMMON_JOURNAL_WRITER_FAILURE_H

#include "writer_state.h"

/* The failure that this process or another one has stored, as a status. */
cohort_status writer_failure(struct journal_writer *writer);

/* Store a failure with errno. Returns the first one. */
cohort_status writer_fail(struct journal_writer *writer,
                          enum journal_failure failure);

#endif
