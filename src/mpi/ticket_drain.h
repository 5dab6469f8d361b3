/* The messages of sweeps that nobody has received when a group is closed. */
#ifndef COHORT_MPI_TICKET_DRAIN_H
#define COHORT_MPI_TICKET_DRAIN_H

#include "mpi_world.h"

/*
 * Receive and drop them. All ranks are in the close, and the first ranks of
 * nodes wait for each other, so that no message is left afterwards, and none of
 * MPI's requests. COHORT_ETIMEOUT, COHORT_EINTERRUPTED, or MPI failed.
 */
COHORT_CHECKED cohort_status ticket_drain(struct mpi_world *world,
                                          const struct call *call);

#endif
