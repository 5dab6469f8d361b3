/* Waiting without MPI's blocking calls, which have no deadline and take a whole
 * core. */
#ifndef COHORT_MPI_MPI_WAIT_H
#define COHORT_MPI_MPI_WAIT_H

#include "mpi_world.h"

/* The pauses of one wait: the first ones only yield, later ones sleep longer
 * and longer, up to a millisecond. Begins as {0}. */
struct wait_pauses {
	unsigned count;
};

void wait_pause(struct wait_pauses *pauses);

/* Whether cohort_interrupt was called on this rank. */
static inline bool wait_is_interrupted(const struct mpi_world *world)
{
	return world->base.failed && atomic_load(world->base.failed);
}

/* The status that it has then, with its sentence. */
cohort_status wait_say_interrupted(const struct mpi_world *world,
                                   const struct call *call);

/* Whether a wait may go on: COHORT_EINTERRUPTED, or COHORT_ETIMEOUT after
 * world->limit. */
COHORT_CHECKED cohort_status wait_may_go_on(struct mpi_world *world,
                                            const struct call *call);

/* Complete all requests, which `function` of MPI has started, before
 * world->limit. On COHORT_ETIMEOUT, COHORT_EINTERRUPTED and errors they are
 * left as they are: a collective call that has begun cannot be cancelled, so
 * MPI keeps using its buffers. */
COHORT_CHECKED cohort_status wait_all(struct mpi_world *world,
                                      const struct call *call,
                                      const char *function, int count,
                                      MPI_Request requests[]);

#endif
