/* What goes wrong in MPI, as a status and a sentence. */
#ifndef COHORT_MPI_MPI_ERROR_H
#define COHORT_MPI_MPI_ERROR_H

#include "common/base/call.h"
#include "module_abi.h"

/* The library's error_set, error_sys and log_line, which the module defines
 * itself, go where this says. Once, before anything else. */
void mpi_error_route(const struct mpi_host *host);

/* `function` of MPI returned `code` during `call`: MPI's own text goes into
 * the sentence. COHORT_EMISMATCH if a message was longer than its receiver
 * expected, COHORT_ENOMEM, or COHORT_ESYS. */
COHORT_CHECKED cohort_status mpi_error_report(const struct call *call,
                                              const char *function, int code);

#endif
