/* Errors of MPI as statuses and sentences. */
#ifndef COHORT_MPI_MPI_ERROR_H
#define COHORT_MPI_MPI_ERROR_H

#include "common/base/call.h"

/* `function` of MPI returned `code` during `call`: write a sentence with MPI's
 * own text. COHORT_EMISMATCH if a message was longer than its receiver
 * expected, COHORT_ENOMEM, or COHORT_ESYS. */
COHORT_CHECKED cohort_status mpi_error_report(const struct call *call,
                                              const char *function, int code);

#endif
