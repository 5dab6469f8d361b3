/*
 * Waits for the messages of a call's check, and finds the ranks that are
 * missing when the timeout has passed. A message that does not come tells
 * little: its sender may wait for another rank itself. So a rank that has
 * waited for half of its timeout tells rank 0 that it is in the call. Rank 0
 * asks all ranks, and each that is in the call answers with the time that it
 * still waits. After three quarters of that time rank 0 tells it who has not
 * answered.
 *
 * Cost: none, but in a call that takes longer than half of a timeout, in which
 * a rank sends up to 2 messages of 24 bytes, and rank 0 up to 2 (p - 1). If
 * rank 0 itself is missing, nobody knows of other ranks.
 */
#ifndef COHORT_MPI_CALL_PRESENCE_H
#define COHORT_MPI_CALL_PRESENCE_H

#include "mpi_world.h"

/* Allocate the messages to other ranks. False: no memory. */
bool presence_open(struct mpi_world *world);

/* Complete all requests before world->limit. COHORT_ETIMEOUT names a rank
 * that is missing, if one is; requests are then left as they are. */
COHORT_CHECKED cohort_status presence_wait(struct mpi_world *world,
                                           const struct call *call, int count,
                                           MPI_Request requests[]);

/* No rank is in a call: receive and drop the messages that have arrived and are
 * not needed any more. */
void presence_drain(struct mpi_world *world);

#endif
