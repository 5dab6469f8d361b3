/* How a rank waits in a sweep over several nodes: for tickets, or until all
 * ranks have left. */
#ifndef COHORT_MPI_TICKET_WAIT_H
#define COHORT_MPI_TICKET_WAIT_H

#include "common/base/time_limit.h"
#include "mpi_world.h"

/* Whether this thread has to exchange the messages of its node. */
bool ticket_wait_takes_turns(const struct tickets *tickets);

/* Whether the ranks of this node can go on. If not, this rank has given up: it
 * returns the same from now on, with the sentence written. */
COHORT_CHECKED cohort_status ticket_wait_failure(struct mpi_world *world);

/* One step of a wait for the bell of the pool, whose value `seen` was. */
COHORT_CHECKED cohort_status ticket_wait_moment(struct mpi_world *world,
                                                struct time_limit *limit,
                                                unsigned seen);

#endif
