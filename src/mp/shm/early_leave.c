#include "early_leave.h"

#include "await.h"
#include "counted_barrier.h"
#include "flat_barrier.h"
#include "mismatch.h"

_Static_assert(ARRIVALS >= 2 * (EARLY_MOST + 1), "see rendezvous.h");
_Static_assert((int)PAST_CALLS >= (int)ARRIVALS,
               "calls are kept as long as arrivals");

enum {
	EARLY_FEW = 1,  /* unsettled rendezvous, unless the row is long */
	EARLY_ROW = 32, /* calls in a long row */
};

void early_leave_count(struct rendezvous *rdv)
{
	struct early_leaves *early = &rdv->plane->early;

	early->row = early->latest + 1 == rdv->number ? early->row + 1 : 1;
	early->latest = rdv->number;
}

/* Keep what is needed to settle this rendezvous after the call. Others read the
 * record only after they have seen the arrival. */
static void remember(struct rendezvous *rdv)
{
	struct mp_world *world = rdv->wait.world;
	struct past_call *past =
	    &world->control->records[rdv->rank].past[rdv->number % PAST_CALLS];

	past->rendezvous = rdv->number;
	past->number = world->calls;
	past->call = *rdv->wait.call;
	rdv->plane->early.of[rdv->number % ARRIVALS] =
	    (struct early_rendezvous){
	        .number = rdv->number,
	        .signature = rdv->signature,
	        .compared = mismatch_bits(rdv->wait.call),
	    };
}

cohort_status early_leave_arrive(struct rendezvous *rdv, bool *last)
{
	struct shm_plane *plane = rdv->plane;
	cohort_status status = wait_check(&rdv->wait);

	*last = false;
	if (status != COHORT_OK)
		return status;
	early_leave_count(rdv);
	remember(rdv);
	rendezvous_announce(rdv);
	plane->rendezvous_count = rdv->number;
	/* With the counted barrier too: a receiver may sleep until the root of
	 * its broadcast has arrived. */
	backoff_wake(rdv->wait.world->control);
	if (plane->flat) {
		plane->early.unsettled++;
		plane->in_step = false;
		return COHORT_OK;
	}
	*last = counted_barrier_add(rdv);
	return *last ? mismatch_check_arrived(rdv) : COHORT_OK;
}

cohort_status early_leave_await(struct rendezvous *rdv, int r)
{
	cohort_status status = await_counter(
	    rdv, &rendezvous_arrival(rdv, r)->number, rdv->number, r);

	return status == COHORT_OK ? mismatch_check(rdv, rdv->number, r)
	                           : status;
}

cohort_status early_leave(struct rendezvous *rdv)
{
	const struct shm_plane *plane = rdv->plane;
	const unsigned most =
	    plane->early.row > EARLY_ROW ? EARLY_MOST : EARLY_FEW;
	_Atomic uint64_t *complete = &rdv->arena->barrier->complete;

	if (plane->flat)
		return flat_barrier_settle(rdv, most);
	if (rdv->number <= most || await_reached(complete, rdv->number - most))
		return COHORT_OK;
	return await_backing_off(rdv, complete, rdv->number - most, rdv->rank);
}
