/* The mpi backend as the library sees it. */
#ifndef COHORT_MPI_LOADER_H
#define COHORT_MPI_LOADER_H

#include "common/core/backend.h"

/* Only `name` and `open` are filled in: `open` loads a module and returns a
 * world of that module's backend, which has every slot. */
extern const struct backend mpi_backend;

#endif
