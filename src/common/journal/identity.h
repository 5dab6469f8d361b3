/* The identity of a sweep, and the file in which the journal stores it. `dir`
 * is a descriptor of the journal's directory; `path` is used in sentences. */
#ifndef COHORT_COMMON_JOURNAL_IDENTITY_H
#define COHORT_COMMON_JOURNAL_IDENTITY_H

#include "format_1.h"
#include "journal_types.h"

/*
 * Compute the identity of a sweep by this program: `identity` are the job's
 * `identity_bytes` bytes, and `param_bytes` those of a parameter set, or
 * PARAM_SIZES_DIFFER, which is the same in the identity on every machine. The
 * program is the file that the process was started
 * from (/proc/self/exe), without the libraries and data that it loads.
 *
 * COHORT_EIO  the executable cannot be read
 */
COHORT_CHECKED cohort_status journal_identify(size_t param_bytes,
                                              const void *identity,
                                              size_t identity_bytes,
                                              struct journal_identity *out);

/* The statuses of the others are those of journal_open. */

/* The number of bytes in a set if the sizes differ, on every machine. */
#define IDENTITY_SIZES_DIFFER UINT64_MAX

/* What the file has. */
struct stored_identity {
	uint64_t id[2];       /* of the journal */
	uint64_t param_bytes; /* in a parameter set */
	uint64_t identity[2]; /* digest of the job's; if old, of no bytes */
	uint64_t program[2];  /* digest of the program that made the journal */
	bool old;             /* format 1 */
	struct format_1_sweep sweep; /* that it is of, if it is old */
};

COHORT_CHECKED cohort_status identity_read(int dir, const char *path,
                                           struct stored_identity *out);

/* The same, whoever owns the file. Keeps errno if there is none. */
COHORT_CHECKED cohort_status identity_read_any(int dir, const char *path,
                                               struct stored_identity *out);

/* Write the identity of a new journal, and draw its id. The caller holds the
 * lock. */
COHORT_CHECKED cohort_status
identity_make(int dir, const char *path,
              const struct journal_identity *identity, uint64_t id[2]);

/* On the rank `rank`: refuse the journal here if it is not the one with this
 * id, which the root has opened. */
COHORT_CHECKED cohort_status identity_expect(int dir, const char *path,
                                             const uint64_t id[2], int rank);

#endif
