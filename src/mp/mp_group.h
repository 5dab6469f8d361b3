/* One of the world's groups, as the seam sees it. */
#ifndef COHORT_MP_MP_GROUP_H
#define COHORT_MP_MP_GROUP_H

#include "wait.h"

struct mp_group {
	struct world base;
	struct mp_world *world;
	struct mp_transport *transport; /* the world's, for one load less */
	double timeout;
	uint64_t tickets; /* put out last */
};

/* What every collective begins with. */
static inline struct wait mp_group_wait(struct world *base,
                                        const struct call *call)
{
	const struct mp_group *group = (const struct mp_group *)base;

	struct wait wait;

	wait_begin(&wait, group->world, call, group->timeout);
	return wait;
}

#endif
