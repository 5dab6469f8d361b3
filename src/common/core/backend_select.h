/* Which backend a group gets. */
#ifndef COHORT_COMMON_CORE_BACKEND_SELECT_H
#define COHORT_COMMON_CORE_BACKEND_SELECT_H

#include "backend.h"

/* The choice, by name or by `auto`; the reason is logged at info. `launcher`
 * may be NULL. COHORT_ECONFIG if an MPI communicator was given for another
 * backend than mpi. */
COHORT_CHECKED cohort_status backend_select(const struct config *config,
                                            const struct launcher *launcher,
                                            const struct backend **out);

#endif
