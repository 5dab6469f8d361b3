/* One of the world's groups, as the seam sees it, and the collectives of the
 * socket transport. Each of them is in a file of its own. */
#ifndef COHORT_MP_GROUP_H
#define COHORT_MP_GROUP_H

#include "wait.h"

struct mp_group {
	struct world base;
	struct mp_world *world;
	double timeout;
};

/* What every collective begins with. */
static inline struct wait mp_wait(struct world *base, const struct call *call)
{
	const struct mp_group *group = (const struct mp_group *)base;

	return wait_begin(group->world, call, group->timeout);
}

cohort_status mp_barrier(struct world *base, const struct call *call);
cohort_status mp_bcast(struct world *base, const struct call *call, void *data,
                       size_t bytes);
cohort_status mp_gatherv(struct world *base, const struct call *call,
                         const void *send, void *recv, const size_t counts[],
                         size_t width);
cohort_status mp_allgatherv(struct world *base, const struct call *call,
                            const void *send, void *recv, const size_t counts[],
                            size_t width);
cohort_status mp_allreduce(struct world *base, const struct call *call,
                           const void *send, void *recv);

#endif
