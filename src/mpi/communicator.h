/* The communicator of a group. */
#ifndef COHORT_MPI_COMMUNICATOR_H
#define COHORT_MPI_COMMUNICATOR_H

#include "cohort.h"

#include <mpi.h>

/* Collective: duplicate the communicator of the program that `mpi_comm` points
 * to, or MPI_COMM_WORLD if it is NULL. The copy returns errors instead of
 * aborting. COHORT_ECONFIG if the program's communicator cannot be used. */
COHORT_CHECKED cohort_status communicator_duplicate(const void *mpi_comm,
                                                    MPI_Comm *out);

#endif
