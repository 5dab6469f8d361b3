/* More bytes than MPI's int counts can say. */
#ifndef COHORT_MPI_LARGE_H
#define COHORT_MPI_LARGE_H

#include "world.h"

#include <limits.h>

/* From here on the calls below take over. Tests build with a small one. */
#ifndef LARGE_BYTES
#define LARGE_BYTES INT_MAX
#endif

/* The most bytes that a rank puts into an MPI_Gatherv among `size`. */
size_t large_part_bytes(int size);

/* As the slots of backend.h. large_gatherv is called on the root only, by
 * large_send's counterparts: the ranks whose part is above part_bytes. */
cohort_status large_bcast(struct mpi_world *world, const struct call *call,
                          void *data, size_t bytes, int root);
cohort_status large_gatherv(struct mpi_world *world, const struct call *call,
                            const void *send, void *recv, const size_t counts[],
                            size_t width);
cohort_status large_send(struct mpi_world *world, const struct call *call,
                         const void *send, size_t bytes);
cohort_status large_allgatherv(struct mpi_world *world, const struct call *call,
                               void *recv, const size_t counts[], size_t width);
cohort_status large_allreduce(struct mpi_world *world, const struct call *call,
                              const void *send, void *recv);

#endif
