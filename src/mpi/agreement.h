/*
 * What one rank lacks, all ranks learn. A rank that has no memory for the next
 * step of a call cannot leave it, because the others would wait for the rank in
 * MPI. So they agree before that step, or the rank goes through it and throws
 * away what it gets. Cost of an agreement: an MPI_Allreduce of an int.
 */
#ifndef COHORT_MPI_AGREEMENT_H
#define COHORT_MPI_AGREEMENT_H

#include "mpi_world.h"

/* Among the ranks of `comm`: *out is the lowest rank of the group whose `mine`
 * is a failure. The same on all of them. */
COHORT_CHECKED cohort_status agreement_among(struct mpi_world *world,
                                             MPI_Comm comm,
                                             const struct call *call,
                                             cohort_status mine,
                                             struct inability *out);

/* As the slot `agree` of backend.h. */
COHORT_CHECKED cohort_status agreement_agree(struct world *base,
                                             const struct call *call,
                                             cohort_status mine,
                                             struct inability *out);

#endif
