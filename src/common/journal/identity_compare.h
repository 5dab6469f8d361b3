/* Whether a journal is of this sweep, and if not, in what it differs. The
 * statuses are those of journal_open. */
#ifndef COHORT_COMMON_JOURNAL_IDENTITY_COMPARE_H
#define COHORT_COMMON_JOURNAL_IDENTITY_COMPARE_H

#include "identity.h"

/* Refuse the journal if it is not of this sweep. `program` is the one that used
 * it last. If that is another one, and the sweep allows it, *rebuilt becomes
 * true. */
COHORT_CHECKED cohort_status
identity_compare(const char *path, const struct stored_identity *stored,
                 const uint64_t program[2], const struct journal_sweep *sweep,
                 bool *rebuilt);

/* Log that a sweep goes on with the journal of another program. */
void identity_log_rebuilt(const char *path, const uint64_t program[2],
                          const struct journal_sweep *sweep);

#endif
