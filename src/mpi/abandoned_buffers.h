/*
 * Memory for MPI to keep. A nonblocking call that has not ended at a deadline
 * cannot be taken back: MPI may read and write its buffers as long as it lives.
 * So where there are deadlines calls work on copies, and one that was given up
 * keeps its copy for ever.
 */
#ifndef COHORT_MPI_ABANDONED_BUFFERS_H
#define COHORT_MPI_ABANDONED_BUFFERS_H

#include "common/base/call.h"

/* `bytes` bytes that can be lent, with what is at `from`; NULL for `from`:
 * nothing yet. COHORT_ENOMEM. */
COHORT_CHECKED cohort_status buffer_lend(const struct call *call,
                                         const void *from, size_t bytes,
                                         void **out);

/* The call has ended well: nobody has it any more. What is there goes to `to`,
 * unless that is NULL. */
void buffer_return(void *memory, void *to, size_t bytes);

#endif
