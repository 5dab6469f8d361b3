/* Which MPI this process has, and the module that goes with it. */
#ifndef COHORT_MPI_LOADER_H
#define COHORT_MPI_LOADER_H

#include <stdbool.h>

/* Whether an MPI is loaded into this process and has been initialised (it may
 * be finalised by now). Loads nothing. */
bool mpi_program_has_initialised(void);

#endif
