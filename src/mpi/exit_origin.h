/* Whether MPI itself ends this process. */
#ifndef COHORT_MPI_EXIT_ORIGIN_H
#define COHORT_MPI_EXIT_ORIGIN_H

#include <stdbool.h>

/* Called from an exit handler: true if a function of MPI called `exit`. MPICH
 * does so inside any of its calls when another rank has aborted the job. */
bool exit_comes_from_mpi(void);

#endif
