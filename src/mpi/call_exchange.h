/* COHORT_CHECK: tests whether all ranks are in the same call. */
#ifndef COHORT_MPI_CALL_EXCHANGE_H
#define COHORT_MPI_CALL_EXCHANGE_H

#include "mpi_world.h"

/* Allocate world->exchange. COHORT_ENOMEM. */
COHORT_CHECKED cohort_status call_exchange_open(struct mpi_world *world);

/* Accepts one that was never opened. */
void call_exchange_close(struct call_exchange *exchange);

/* Exchange records of the call with all ranks and compare them.
 * COHORT_EMISMATCH with the same sentence on every rank if two of them differ;
 * COHORT_ETIMEOUT names a rank that is missing. For a gatherv, also test
 * whether every rank sends the number of elements that the root expects:
 * `counts`, which is NULL elsewhere. */
COHORT_CHECKED cohort_status call_exchange_check(struct mpi_world *world,
                                                 const struct call *call,
                                                 const size_t counts[]);

/* Tell the peers that this rank does not join the call. Does not wait. */
void call_exchange_refuse(struct mpi_world *world, const struct call *call);

#endif
