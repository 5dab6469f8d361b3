/* The choice of a group's backend. */
#ifndef COHORT_COMMON_CORE_BACKEND_SELECT_H
#define COHORT_COMMON_CORE_BACKEND_SELECT_H

#include "backend.h"

/* Choose the backend by name, or by the rules of `auto`, and log the reason at
 * info. `launcher` is NULL if none was recognised. COHORT_ECONFIG if the
 * program passed an MPI communicator and the backend is not mpi.
 * COHORT_EBACKEND if the backend is mpi and a rank of another job started this
 * program, or if a variable names mp in a job of several processes. */
COHORT_CHECKED cohort_status backend_select(const struct config *config,
                                            const struct launcher *launcher,
                                            const struct backend **out);

/* Warn if a launcher has started several processes, but `backend`, which the
 * program or the environment has named, makes each of them a program of its
 * own. */
void backend_warn(const struct config *config, const struct launcher *launcher,
                  const struct backend *backend);

/* `backend` could not open a group. If peers wait in MPI_Init, where nothing
 * reaches them, see to it that the job ends when this process fails. */
void backend_failed(const struct launcher *launcher,
                    const struct backend *backend);

/* This process cannot open a group, with `status` and this thread's sentence.
 * If it is a rank of an MPI job, its peers may wait for it in cohort_open: tell
 * them. Returns `status`, with its sentence. */
COHORT_CHECKED cohort_status backend_refuse(const struct config *config,
                                            const struct launcher *launcher,
                                            cohort_status status);

#endif
