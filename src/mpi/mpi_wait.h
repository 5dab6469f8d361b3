/* Waiting with an end. */
#ifndef COHORT_MPI_MPI_WAIT_H
#define COHORT_MPI_MPI_WAIT_H

#include "mpi_world.h"

/* 0 seconds from now: never. */
struct deadline deadline_in(double seconds);

bool deadline_passed(const struct deadline *deadline);

/* A wait that stays polite: it yields, then sleeps, up to a millisecond at a
 * time. Begins as {0}. */
struct spin_limit {
	unsigned rounds;
};

void patience_rest(struct spin_limit *spin_limit);

/* Complete all requests before world->deadline. On COHORT_ETIMEOUT and
 * errors they are left as they are: a collective under way cannot be taken
 * back, so its buffers stay in MPI's hands. `function` started them. */
COHORT_CHECKED cohort_status wait_all(struct mpi_world *world,
                                      const struct call *call,
                                      const char *function, int count,
                                      MPI_Request requests[]);

#endif
