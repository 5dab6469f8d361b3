/* MPI's handles for the library's types and operators. */
#ifndef COHORT_MPI_MPI_TYPES_H
#define COHORT_MPI_MPI_TYPES_H

#include "common/base/call.h"

#include <mpi.h>

MPI_Datatype mpi_type_handle(cohort_type type);

/* The operator for elements of `type`. */
MPI_Op mpi_op_handle(cohort_op op, cohort_type type);

/* Create the operators that MPI lacks, unless they exist; returns MPI's code.
 * They have to be freed before MPI_Finalize. */
int mpi_op_handles_create(void);
void mpi_op_handles_free(void);

#endif
