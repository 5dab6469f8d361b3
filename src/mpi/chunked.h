/* Collective calls with more bytes than MPI's counts, which are ints, can
 * express. */
#ifndef COHORT_MPI_CHUNKED_H
#define COHORT_MPI_CHUNKED_H

#include "mpi_world.h"

#include <limits.h>

/* Calls of more bytes are made by the functions below. Tests build with a small
 * limit. */
#ifndef CHUNKED_FROM_BYTES
#define CHUNKED_FROM_BYTES INT_MAX
#endif

/* The most bytes that a rank of `size` puts into an MPI_Gatherv. */
size_t chunked_part_bytes(int size);

/* As the slots of backend.h. The root calls chunked_gatherv. A rank whose part
 * is above world->part_bytes takes part in its MPI_Gatherv without data, and
 * then calls chunked_send. */
cohort_status chunked_bcast(struct mpi_world *world, const struct call *call,
                            void *data, size_t bytes, int root);
cohort_status chunked_gatherv(struct mpi_world *world, const struct call *call,
                              const void *send, void *recv,
                              const size_t counts[], size_t width);
cohort_status chunked_send(struct mpi_world *world, const struct call *call,
                           const void *send, size_t bytes);
cohort_status chunked_allgatherv(struct mpi_world *world,
                                 const struct call *call, void *recv,
                                 const size_t counts[], size_t width);
cohort_status chunked_allreduce(struct mpi_world *world,
                                const struct call *call, const void *send,
                                void *recv);

#endif
