/*
 * The exchange that tells every rank whether all ranks make the same call: in
 * round k rank r sends what it knows to rank r + 2^k and receives from rank
 * r - 2^k (dissemination: Hensgen, Finkel and Manber, 1988).
 * Cost: ceil(log2 p) messages of 48 bytes sent and received on each rank.
 *
 * It is no collective call of MPI, because of ranks that refuse a call with bad
 * arguments: such a rank must return at once, and a collective call may need
 * its help later on. Here it sends its messages of all rounds at once, since
 * what it says is final: the calls differ, and its peers receive them without
 * its help. A difference that one rank knows of reaches every rank that takes
 * part: the last rank on its way that does not forward it has refused, and says
 * the same.
 */
#ifndef COHORT_MPI_CALL_ROUNDS_H
#define COHORT_MPI_CALL_ROUNDS_H

#include "mpi_world.h"

/* *differ receives whether the ranks make different calls, or one has refused.
 * All ranks that take part learn the same. */
COHORT_CHECKED cohort_status rounds_compare(struct mpi_world *world,
                                            const struct call *call,
                                            bool *differ);

/* This rank takes no part: send `record`, which never changes, in all rounds.
 * Does not wait. A send that fails is ignored, since there is nobody to report
 * it to. */
void rounds_refuse(struct mpi_world *world, const struct call_record *record);

/* Receive and ignore the messages of a call that this rank has refused. */
COHORT_CHECKED cohort_status rounds_skip(struct mpi_world *world,
                                         const struct call *call);

#endif
