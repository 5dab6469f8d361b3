/* Barrier. Cost: one rendezvous. */
#include "rendezvous.h"
#include "shm_collectives.h"

cohort_status shm_barrier(struct world *base, const struct call *call)
{
	struct rendezvous rdv;

	rendezvous_begin(&rdv, base, call);
	return rendezvous_join(&rdv);
}
