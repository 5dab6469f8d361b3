/* cohort's types and operators in MPI's terms. */
#ifndef COHORT_MPI_MPI_TYPES_H
#define COHORT_MPI_MPI_TYPES_H

#include "common/base/call.h"

#include <mpi.h>

MPI_Datatype ops_type(cohort_type type);

/* The operator for elements of `type`. */
MPI_Op ops_op(cohort_op op, cohort_type type);

/* Make the operators that MPI does not have, unless they are there; and give
 * them back, before MPI_Finalize. `ops_create` returns MPI's code. */
int ops_create(void);
void ops_free(void);

#endif
