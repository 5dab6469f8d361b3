/* What goes wrong in MPI, as a status and a sentence. */
#ifndef COHORT_MPI_REPORT_H
#define COHORT_MPI_REPORT_H

#include "common/call.h"
#include "host.h"

/* The library's error_set, error_sys and log_line, which the module defines
 * itself, go where this says. Once, before anything else. */
void report_to(const struct mpi_host *host);

/* `function` of MPI returned `code` during `call`: MPI's own text goes into
 * the sentence. COHORT_EMISMATCH if a message was longer than its receiver
 * expected, COHORT_ENOMEM, or COHORT_ESYS. */
COHORT_CHECKED cohort_status report_failure(const struct call *call,
                                            const char *function, int code);

#endif
