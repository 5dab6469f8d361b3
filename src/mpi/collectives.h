/* The collective slots of backend.h. */
#ifndef COHORT_MPI_COLLECTIVES_H
#define COHORT_MPI_COLLECTIVES_H

#include "common/core/backend.h"

cohort_status collective_barrier(struct world *base, const struct call *call);
cohort_status collective_bcast(struct world *base, const struct call *call,
                               void *data, size_t bytes);
cohort_status collective_gatherv(struct world *base, const struct call *call,
                                 const void *send, void *recv,
                                 const size_t counts[], size_t width);
cohort_status collective_allgatherv(struct world *base, const struct call *call,
                                    const void *send, void *recv,
                                    const size_t counts[], size_t width);
cohort_status collective_spread(struct world *base, const struct call *call,
                                struct node_memory *memory, size_t bytes,
                                cohort_status *mine);
cohort_status collective_gather_shared(struct world *base,
                                       const struct call *call,
                                       const void *send, const size_t counts[],
                                       struct node_memory *memory,
                                       size_t offsets[], cohort_status *lack);
cohort_status collective_allreduce(struct world *base, const struct call *call,
                                   const void *send, void *recv);

#endif
