/* The collectives of the socket transport; each has a file of its own. */
#ifndef COHORT_MP_SOCKET_SOCKET_COLLECTIVES_H
#define COHORT_MP_SOCKET_SOCKET_COLLECTIVES_H

#include "mp/mp_group.h"

cohort_status socket_barrier(struct world *base, const struct call *call);
cohort_status socket_bcast(struct world *base, const struct call *call,
                           void *data, size_t bytes);
cohort_status socket_gatherv(struct world *base, const struct call *call,
                             const void *send, void *recv,
                             const size_t counts[], size_t width);
cohort_status socket_allgatherv(struct world *base, const struct call *call,
                                const void *send, void *recv,
                                const size_t counts[], size_t width);
cohort_status socket_allreduce(struct world *base, const struct call *call,
                               const void *send, void *recv);

#endif
