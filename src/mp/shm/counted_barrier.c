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

/* All ranks have been counted for a rendezvous before one of them is counted
 * for the next one at the same index: see rendezvous.h. */
bool counted_barrier_add(const struct rendezvous *rdv)
{
	const uint64_t turns = (rdv->number - 1) / ARRIVALS + 1;

	return atomic_fetch_add(
	           &rdv->arena->barrier->arrived[rdv->number % ARRIVALS], 1) +
	           1 ==
	       turns * (uint64_t)rdv->size;
}

cohort_status counted_barrier_arrive(struct rendezvous *rdv, bool *last)
{
	_Atomic uint64_t *complete = &rdv->arena->barrier->complete;
	cohort_status status = wait_check(&rdv->wait);

	*last = false;
	if (status != COHORT_OK)
		return status;
	rendezvous_announce(rdv);
	if (CORE_SHARE)
		core_share_arrive(rdv->plane, rdv->number);
	*last = counted_barrier_add(rdv);
	if (*last)
		status = mismatch_check_arrived(rdv);
	else if (!CORE_SHARE || !released_soon(rdv, complete))
		status =
		    await_backing_off(rdv, complete, rdv->number, rdv->rank);
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
