/*
 * Waits for the messages of a call's check, and finds the ranks that are
 * missing when the timeout has passed. A message that does not come tells
 * little: its sender may wait for another rank itself. So a rank that has
 * waited for half of its timeout tells all others that it is in the call, and
 * each of them answers as soon as it is in the call, too. At the deadline the
 * ranks that have not answered are missing. Cost: none, but for p - 1 messages
 * of 8 bytes a rank in a call that takes longer than half of a timeout.
 */
#ifndef COHORT_MPI_CALL_PRESENCE_H
#define COHORT_MPI_CALL_PRESENCE_H

#include "mpi_world.h"

/* Complete all requests before world->limit. COHORT_ETIMEOUT names a rank
 * that is missing, if one is; requests are then left as they are. */
COHORT_CHECKED cohort_status presence_wait(struct mpi_world *world,
                                           const struct call *call, int count,
                                           MPI_Request requests[]);

/* Write the sentence that names a missing rank. Returns COHORT_ETIMEOUT. */
cohort_status presence_report_missing(struct mpi_world *world,
                                      const struct call *call);

/* Rank r is known to be in the current call. */
void presence_note(struct mpi_world *world, int r);

/* All ranks are in the call: complete this rank's own messages. */
COHORT_CHECKED cohort_status presence_end(struct mpi_world *world,
                                          const struct call *call);

/* Receive and drop the messages that have arrived and are not needed any
 * more. */
void presence_drain(struct mpi_world *world);

#endif
