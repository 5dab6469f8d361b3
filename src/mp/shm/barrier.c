/* Barrier: a meeting.
 * Cost: one. */
#include "rendezvous.h"
#include "shm_transport.h"

cohort_status shm_barrier(struct world *base, const struct call *call)
{
	struct rendezvous rdv;

	rendezvous_begin(&rdv, base, call);
	return rendezvous_join(&rdv);
}

/* Nobody waits for this rank at a meeting that it does not come to, since
 * whoever does looks at its line when told to. */
void shm_refuse(struct world *base, const struct call *call)
{
	struct mp_world *world = ((struct mp_group *)base)->world;

	control_refuse(world->control, world->rank, ++world->calls, call);
}
