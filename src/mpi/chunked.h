/* More bytes than MPI's int counts can say. */
#ifndef COHORT_MPI_CHUNKED_H
#define COHORT_MPI_CHUNKED_H

#include "mpi_world.h"

#include <limits.h>

/* From here on the calls below take over. Tests build with a small one. */
#ifndef CHUNKED_FROM_BYTES
#define CHUNKED_FROM_BYTES INT_MAX
#endif

/* The most bytes that a rank puts into an MPI_Gatherv among `size`. */
size_t chunked_part_bytes(int size);

/* As the slots of backend.h. chunked_gatherv is called on the root only, by
 * chunked_send's counterparts: the ranks whose part is above part_bytes. */
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
