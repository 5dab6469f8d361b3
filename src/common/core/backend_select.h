/* The choice of a group's backend. */
#ifndef COHORT_COMMON_CORE_BACKEND_SELECT_H
#define COHORT_COMMON_CORE_BACKEND_SELECT_H

#include "backend.h"

enum { REASON_BYTES = 256 };

struct backend_choice {
	enum backend_kind kind; /* never BACKEND_AUTO */
	/* "chosen because: PMI_RANK is set (Hydra)", "asked for by
	 * COHORT_BACKEND" */
	char reason[REASON_BYTES];
};

/* Choose the backend by name, or by the rules of `auto`. `launcher` is NULL if
 * none was recognised. */
void backend_choose(const struct config *config,
                    const struct launcher *launcher,
                    struct backend_choice *out);

/* COHORT_ECONFIG if the program passed an MPI communicator and the backend is
 * not mpi. COHORT_EBACKEND if the backend is mpi and a rank of another job
 * started this program, or if a variable names mp in a job of several
 * processes. */
COHORT_CHECKED cohort_status backend_check(const struct config *config,
                                           const struct launcher *launcher,
                                           const struct backend_choice *choice);

/* Choose, log the reason at info, and check. */
COHORT_CHECKED cohort_status backend_select(const struct config *config,
                                            const struct launcher *launcher,
                                            const struct backend **out);

/* Whether this process has ranks beside it already: peers of mp, or those of an
 * MPI that is initialised. */
bool backend_has_ranks(void);

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
