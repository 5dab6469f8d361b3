#include "mismatch.h"

cohort_status mismatch_report(struct rendezvous *rdv, int r)
{
	const struct rank_record *records = rdv->wait.world->control->records;
	struct world_failure world_failure = {
	    .reason = WORLD_FAILURE_MISMATCH,
	    .a = r,
	    .b = rdv->rank,
	    .call_a = records[r].call,
	    .call_b = *rdv->wait.call,
	};
	/* Rank r may have refused this call, and be in the next one:
	 * wait_check_all reports that. */
	cohort_status status = wait_check_all(&rdv->wait);

	if (status != COHORT_OK)
		return status;
	/* Or this rank has refused the call that rank r is in. */
	if (control_has_refused(rdv->wait.world->control, rdv->rank,
	                        atomic_load(&records[r].entered))) {
		world_failure.reason = WORLD_FAILURE_REFUSED;
		world_failure.call_b =
		    (struct call){.kind = control_refused_kind(
		                      rdv->wait.world->control, rdv->rank,
		                      atomic_load(&records[r].entered))};
	}
	return wait_break(&rdv->wait, &world_failure);
}

cohort_status mismatch_check_some(struct rendezvous *rdv, int first, int count)
{
	for (int i = 0; i < count && i < rdv->size; i++) {
		const int r = (first + i) % rdv->size;
		const struct arrival *arrival = rendezvous_arrival(rdv, r);
		if (atomic_load_explicit(&arrival->number,
		                         memory_order_acquire) == rdv->number &&
		    !mismatch_none(rdv, arrival->signature))
			return mismatch_report(rdv, r);
	}
	return COHORT_OK;
}

cohort_status mismatch_check_arrived(struct rendezvous *rdv)
{
	return mismatch_check_some(rdv, 0, rdv->size);
}
