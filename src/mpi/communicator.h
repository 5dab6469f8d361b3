/* The communicator of a group. */
#ifndef COHORT_MPI_COMMUNICATOR_H
#define COHORT_MPI_COMMUNICATOR_H

#include "mpi_world.h"

/*
 * Collective: wait for all ranks, at most so many seconds (0: no limit), then
 * duplicate the communicator of the program that `mpi_comm` points to, or
 * MPI_COMM_WORLD if it is NULL, into world->comm. The copy returns errors
 * instead of aborting. COHORT_ECONFIG if the program's communicator cannot be
 * used; COHORT_ETIMEOUT if some ranks have not come, and then these may come
 * later, and wait.
 */
COHORT_CHECKED cohort_status communicator_open(struct mpi_world *world,
                                               const void *mpi_comm,
                                               double seconds);

#endif
