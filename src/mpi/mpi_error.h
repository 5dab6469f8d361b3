/* Errors of MPI as statuses and sentences. */
#ifndef COHORT_MPI_MPI_ERROR_H
#define COHORT_MPI_MPI_ERROR_H

#include "common/base/call.h"

#include <mpi.h>

/* `function` of MPI returned `code` during `call`: write a sentence with MPI's
 * own text. COHORT_EMISMATCH if a message was longer than its receiver
 * expected, COHORT_EBACKEND if this MPI does not have the function,
 * COHORT_ENOMEM, or COHORT_ESYS. */
COHORT_CHECKED cohort_status mpi_error_report(const struct call *call,
                                              const char *function, int code);

/* MPI's text for `code`, in one line. */
void mpi_error_text(int code, char text[MPI_MAX_ERROR_STRING]);

enum { MPI_NAME_BYTES = 64 };

/* Write the name and the version of the MPI library into `text`: "Open MPI
 * v4.1.4". Returns `text`. */
const char *mpi_library_name(char text[MPI_NAME_BYTES]);

#endif
