#include "flat_barrier.h"

#include "await.h"
#include "mismatch.h"

/* Wait until all ranks have arrived at rendezvous `number`, and compare. */
static cohort_status await_all(struct rendezvous *rdv, uint64_t number)
{
	for (int r = 0; r < rdv->size; r++) {
		if (r == rdv->rank)
			continue;
		cohort_status status = await_counter(
		    rdv, &rendezvous_arrival_at(rdv, r, number)->number, number,
		    r);
		if (status == COHORT_OK)
			status = mismatch_check(rdv, number, r);
		if (status != COHORT_OK)
			return status;
	}
	return COHORT_OK;
}

cohort_status flat_barrier_settle(struct rendezvous *rdv, unsigned most)
{
	struct shm_plane *plane = rdv->plane;

	while (plane->early.unsettled > most) {
		cohort_status status = await_all(
		    rdv, plane->rendezvous_count - plane->early.unsettled + 1);
		if (status != COHORT_OK)
			return status;
		plane->early.unsettled--;
	}
	plane->in_step = plane->early.unsettled == 0;
	return COHORT_OK;
}

static inline cohort_status announce_and_wake(struct rendezvous *rdv)
{
	cohort_status status = wait_check(&rdv->wait);

	if (status != COHORT_OK)
		return status;
	rendezvous_announce(rdv);
	backoff_wake(rdv->wait.world->control);
	return COHORT_OK;
}

static inline cohort_status await_arrivals(struct rendezvous *rdv)
{
	cohort_status status;

	for (int r = 0; r < rdv->size; r++) {
		struct arrival *arrival = rendezvous_arrival(rdv, r);
		if (r == rdv->rank)
			continue;
		status = await_counter(rdv, &arrival->number, rdv->number, r);
		if (status != COHORT_OK)
			return status;
		if (!mismatch_none(rdv, arrival->signature))
			return mismatch_report(rdv, rdv->number, r);
	}
	rdv->plane->rendezvous_count = rdv->number;
	return COHORT_OK;
}

cohort_status flat_barrier_join(struct rendezvous *rdv)
{
	const cohort_status status = announce_and_wake(rdv);

	return status == COHORT_OK ? await_arrivals(rdv) : status;
}

cohort_status flat_barrier_join_unsettled(struct rendezvous *rdv)
{
	cohort_status status = announce_and_wake(rdv);

	if (status == COHORT_OK)
		status = flat_barrier_settle(rdv, 0);
	return status == COHORT_OK ? await_arrivals(rdv) : status;
}
