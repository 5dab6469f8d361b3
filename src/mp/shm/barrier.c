/* Barrier: a meeting.
 * Cost: one. */
#include "meet.h"
#include "shm.h"

cohort_status shm_barrier(struct world *base, const struct call *call)
{
	struct meet meet;

	meet_begin(&meet, base, call);
	return meet_all(&meet);
}

/* Nobody waits for this rank at a meeting that it does not come to, since
 * whoever does looks at its line when told to. */
void shm_refuse(struct world *base, const struct call *call)
{
	struct mp_world *world = ((struct mp_group *)base)->world;

	control_refuse(world->control, world->rank, ++world->calls, call);
}
