/* The identity of a sweep, and the file in which the journal stores it. `dir`
 * is a descriptor of the journal's directory; `path` is used in sentences. */
#ifndef COHORT_COMMON_JOURNAL_IDENTITY_H
#define COHORT_COMMON_JOURNAL_IDENTITY_H

#include "journal_types.h"

/*
 * Compute the identity of a sweep by this program. `params` holds `count` times
 * `param_bytes` bytes, whose product the caller has checked; NULL if that is 0.
 * The program is the file that the process was started from (/proc/self/exe),
 * without the libraries and data that it loads.
 *
 * COHORT_EIO  the executable cannot be read
 */
COHORT_CHECKED cohort_status journal_identify(const void *params, size_t count,
                                              size_t param_bytes, uint64_t seed,
                                              struct journal_identity *out);

/* The statuses of the others are those of journal_open. `id` is the journal's,
 * which identity_compare reads and identity_make draws. */

/* Refuse the journal if the identity in it is not this one. */
COHORT_CHECKED cohort_status
identity_compare(int dir, const char *path,
                 const struct journal_identity *identity, uint64_t id[2]);

/* Write the identity of a new journal. The caller holds the lock. */
COHORT_CHECKED cohort_status
identity_make(int dir, const char *path,
              const struct journal_identity *identity, uint64_t id[2]);

/* For a reader, whoever owns the file: the journal's id, and the number of
 * parameter sets of its sweep. Keeps errno if there is no such file. */
COHORT_CHECKED cohort_status identity_read(int dir, const char *path,
                                           uint64_t id[2], uint64_t *count);

/* On the rank `rank`: refuse the journal here if it is not the one with this
 * id, which the root has opened. */
COHORT_CHECKED cohort_status identity_expect(int dir, const char *path,
                                             const uint64_t id[2], int rank);

#endif
