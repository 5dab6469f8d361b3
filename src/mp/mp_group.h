/* A group over the world, behind the backend interface. */
#ifndef COHORT_MP_MP_GROUP_H
#define COHORT_MP_MP_GROUP_H

#include "wait.h"

struct mp_group {
	struct world base;
	struct mp_world *world;
	struct mp_transport *transport; /* world->transport: saves a load */
	double timeout;
	uint64_t tickets; /* of the sweep opened last */
};

/* Every collective over sockets begins with it. */
static inline struct wait mp_group_wait(struct world *base,
                                        const struct call *call)
{
	const struct mp_group *group = (const struct mp_group *)base;
	struct wait wait;

	wait_begin(&wait, group->world, call, group->timeout);
	return wait;
}

#endif
