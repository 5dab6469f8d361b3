#include "flat_barrier.h"

#include "await.h"
#include "mismatch.h"

cohort_status flat_barrier_join(struct rendezvous *rdv)
{
	cohort_status status = wait_check(&rdv->wait);

	if (status != COHORT_OK)
		return status;
	rendezvous_announce(rdv);
	backoff_wake(rdv->wait.world->control);
	for (int r = 0; r < rdv->size; r++) {
		struct arrival *arrival = rendezvous_arrival(rdv, r);
		if (r == rdv->rank)
			continue;
		status = await_counter(rdv, &arrival->number, rdv->number, r);
		if (status != COHORT_OK)
			return status;
		if (!mismatch_none(rdv, arrival->signature))
			return mismatch_report(rdv, r);
	}
	rdv->plane->rendezvous_count = rdv->number;
	return COHORT_OK;
}
