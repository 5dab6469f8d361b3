/*
 * The calls of MPI that move data, for counts that fit an int. In a group
 * without timeouts each of them is one blocking call of MPI. If a rank of the
 * group has a timeout, it is a nonblocking call on copies
 * (abandoned_buffers.h), with a wait until the deadline.
 *
 * `call` is used for sentences only, except that mpi_call_allreduce takes type
 * and operator from it. Statuses: those of mpi_error_report, COHORT_ETIMEOUT,
 * and COHORT_ENOMEM if there is no memory for a copy.
 */
#ifndef COHORT_MPI_CALLS_H
#define COHORT_MPI_CALLS_H

#include "mpi_world.h"

/* Where the part of each rank lies in the receive buffer, in bytes. NULL off
 * the root. */
struct byte_layout {
	const int *counts;
	const int *displacements;
};

cohort_status mpi_call_barrier(struct mpi_world *world,
                               const struct call *call);

cohort_status mpi_call_bcast(struct mpi_world *world, const struct call *call,
                             void *data, int bytes, int root);

/* Broadcast from the first rank of `comm`, which is a part of the group. */
cohort_status mpi_call_bcast_among(struct mpi_world *world, MPI_Comm comm,
                                   const struct call *call, void *data,
                                   int bytes, bool is_first);

/* *value becomes the least one of all ranks of `comm`. */
cohort_status mpi_call_least_among(struct mpi_world *world, MPI_Comm comm,
                                   const struct call *call, int *value);

/* `send` may be MPI_IN_PLACE on the root. */
cohort_status mpi_call_gatherv(struct mpi_world *world, const struct call *call,
                               const void *send, int bytes, void *recv,
                               struct byte_layout layout, int root);

/* This rank's part is in `recv` already. */
cohort_status mpi_call_allgatherv(struct mpi_world *world,
                                  const struct call *call, void *recv,
                                  struct byte_layout layout);

/* `count` elements of call->type; `send` may be MPI_IN_PLACE. */
cohort_status mpi_call_allreduce(struct mpi_world *world,
                                 const struct call *call, const void *send,
                                 void *recv, int count);

struct message {
	void *data;
	int bytes;
	int peer; /* MPI_PROC_NULL: there is none, and no message */
};

/* Send `out` to a rank of `comm` while `in` comes from another one. */
cohort_status mpi_call_sendrecv_among(struct mpi_world *world, MPI_Comm comm,
                                      const struct call *call,
                                      const struct message *out,
                                      const struct message *in);

cohort_status mpi_call_send(struct mpi_world *world, const struct call *call,
                            const void *data, int bytes, int to);

cohort_status mpi_call_recv(struct mpi_world *world, const struct call *call,
                            void *data, int bytes, int from);

#endif
