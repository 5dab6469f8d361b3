#include "counted_barrier.h"

#include "await.h"
#include "core_share.h"
#include "mismatch.h"

#include <sched.h>

/* Ranks that take turns on the cores arrive a few switches of processes apart.
 * A switch takes less time than a thousand loads. */
enum { YIELDS = 2, SPINS_OF_SWITCHES = 5000 };

/* Whether the word that releases this rank comes soon. While other ranks of
 * this core have yet to arrive, this rank lets them run; after that only ranks
 * on other cores can be missing, and this rank spins. */
static bool released_soon(const struct rendezvous *rdv, _Atomic uint64_t *word)
{
	for (int i = 0; i < YIELDS; i++) {
		if (core_share_all_arrived(rdv->plane, rdv->number) &&
		    await_spin(SPINS_OF_SWITCHES, word, rdv->number))
			return true;
		sched_yield();
		if (await_reached(word, rdv->number))
			return true;
	}
	return false;
}

cohort_status counted_barrier_arrive(struct rendezvous *rdv, bool *last)
{
	struct barrier *barrier = rdv->arena->barrier;
	cohort_status status = wait_check(&rdv->wait);

	*last = false;
	if (status != COHORT_OK)
		return status;
	rendezvous_announce(rdv);
	if (CORE_SHARE)
		core_share_arrive(rdv->plane, rdv->number);
	*last = atomic_fetch_add(&barrier->arrived, 1) + 1 ==
	        rdv->number * (uint64_t)rdv->size;
	if (*last)
		status = mismatch_check_arrived(rdv);
	else if (!CORE_SHARE || !released_soon(rdv, &barrier->complete))
		status = await_backing_off(rdv, &barrier->complete, rdv->number,
		                           rdv->rank);
	if (status == COHORT_OK)
		rdv->plane->rendezvous_count = rdv->number;
	return status;
}

void counted_barrier_release(struct rendezvous *rdv)
{
	await_advance(rdv, &rdv->arena->barrier->complete, rdv->number);
}

cohort_status counted_barrier_join(struct rendezvous *rdv)
{
	bool last;
	cohort_status status = counted_barrier_arrive(rdv, &last);

	if (status == COHORT_OK && last)
		counted_barrier_release(rdv);
	return status;
}
