/* Opens and closes groups. */
#ifndef COHORT_MPI_MPI_WORLD_OPEN_H
#define COHORT_MPI_MPI_WORLD_OPEN_H

#include "mpi_world.h"

/* As the slots `open` and `close` of backend.h; the caller sets
 * (*out)->base.backend. */
COHORT_CHECKED cohort_status mpi_world_open(const struct config *config,
                                            const struct launcher *launcher,
                                            struct mpi_world **out);
COHORT_CHECKED cohort_status mpi_world_close(struct mpi_world *world,
                                             const struct call *call);

#endif
