/*
 * Buffers that MPI may keep. A nonblocking call that has not ended at its
 * deadline cannot be cancelled: MPI may read and write the buffers as long as
 * the process lives. So calls with a deadline work on copies of the user's
 * buffers, and a call that misses its deadline leaves its copies to MPI.
 */
#ifndef COHORT_MPI_ABANDONED_BUFFERS_H
#define COHORT_MPI_ABANDONED_BUFFERS_H

#include "common/base/call.h"

/* Allocate a copy of `bytes` bytes at `from`; if `from` is NULL, the copy is
 * not initialised. COHORT_ENOMEM. */
COHORT_CHECKED cohort_status buffer_copy_in(const struct call *call,
                                            const void *from, size_t bytes,
                                            void **out);

/* MPI has finished with `copy`: copy its bytes to `to`, unless `to` is NULL,
 * and free it. */
void buffer_copy_out(void *copy, void *to, size_t bytes);

#endif
