/*
 * One MPI call each, for counts that fit an int: blocking, or, where a rank of
 * the group has a timeout, nonblocking, on a copy (lent.h), and waited for.
 * `call` is only named in sentences. Statuses: as status_failure,
 * COHORT_ETIMEOUT, and COHORT_ENOMEM where there is no room for the copy.
 */
#ifndef COHORT_MPI_CALLS_H
#define COHORT_MPI_CALLS_H

#include "mpi_world.h"

/* The parts of a gather: counts and places of bytes, for each rank. NULL off
 * the root. */
struct parts {
	const int *counts;
	const int *places;
};

cohort_status mpi_call_barrier(struct mpi_world *world,
                               const struct call *call);

cohort_status mpi_call_bcast(struct mpi_world *world, const struct call *call,
                             void *data, int bytes, int root);

/* `send` may be MPI_IN_PLACE on the root. */
cohort_status mpi_call_gatherv(struct mpi_world *world, const struct call *call,
                               const void *send, int bytes, void *recv,
                               struct parts parts, int root);

/* This rank's part lies in recv. */
cohort_status mpi_call_allgatherv(struct mpi_world *world,
                                  const struct call *call, void *recv,
                                  struct parts parts);

/* `count` elements of call->type; `send` may be MPI_IN_PLACE. */
cohort_status mpi_call_allreduce(struct mpi_world *world,
                                 const struct call *call, const void *send,
                                 void *recv, int count);

cohort_status mpi_call_send(struct mpi_world *world, const struct call *call,
                            const void *data, int bytes, int to);

cohort_status mpi_call_recv(struct mpi_world *world, const struct call *call,
                            void *data, int bytes, int from);

#endif
