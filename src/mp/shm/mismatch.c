#include "mismatch.h"

/* The call that a rank makes at a rendezvous, and its number. A rank that may
 * leave early records them before it arrives. One that has not done so is still
 * in the call: it compares the signatures before it leaves. */
struct made_call {
	struct call call;
	uint64_t number;
};

static struct made_call call_made_at(const struct rank_record *record,
                                     uint64_t rendezvous)
{
	const struct past_call *past = &record->past[rendezvous % PAST_CALLS];

	return past->rendezvous == rendezvous
	           ? (struct made_call){past->call, past->number}
	           : (struct made_call){record->call,
	                                atomic_load(&record->entered)};
}

cohort_status mismatch_report(struct rendezvous *rdv, uint64_t number, int r)
{
	const struct control_page *control = rdv->wait.world->control;
	const struct made_call theirs =
	    call_made_at(&control->records[r], number);
	const struct made_call own =
	    call_made_at(&control->records[rdv->rank], number);
	struct world_failure world_failure = {
	    .reason = WORLD_FAILURE_MISMATCH,
	    .a = r,
	    .b = rdv->rank,
	    .call_a = theirs.call,
	    .call_b = own.call,
	};
	/* Rank r may have refused this call, and be in the next one:
	 * wait_check_all reports that. */
	cohort_status status = wait_check_all(&rdv->wait);

	if (status != COHORT_OK)
		return status;
	/* Or this rank has refused the call that rank r made. */
	if (control_has_refused(control, rdv->rank, theirs.number)) {
		world_failure.reason = WORLD_FAILURE_REFUSED;
		world_failure.call_b =
		    (struct call){.kind = control_refused_kind(
		                      control, rdv->rank, theirs.number)};
	}
	return wait_break(&rdv->wait, &world_failure);
}

static bool has_arrived_at(const struct rendezvous *rdv, int r, uint64_t number)
{
	return atomic_load_explicit(
	           &rendezvous_arrival_at(rdv, r, number)->number,
	           memory_order_acquire) == number;
}

static cohort_status compare_with(struct rendezvous *rdv, int r)
{
	return has_arrived_at(rdv, r, rdv->number) &&
	               !mismatch_none(rdv,
	                              rendezvous_arrival(rdv, r)->signature)
	           ? mismatch_report(rdv, rdv->number, r)
	           : COHORT_OK;
}

/* At a rendezvous before this one. */
static cohort_status compare_before(struct rendezvous *rdv, int r,
                                    uint64_t number)
{
	return rdv->plane->early.of[number % ARRIVALS].number == number &&
	               has_arrived_at(rdv, r, number)
	           ? mismatch_check(rdv, number, r)
	           : COHORT_OK;
}

cohort_status mismatch_check_some(struct rendezvous *rdv, int first, int count)
{
	for (int i = 0; i < count && i < rdv->size; i++) {
		const int r = (first + i) % rdv->size;
		cohort_status status = COHORT_OK;
		for (uint64_t before = EARLY_MOST;
		     before > 0 && status == COHORT_OK; before--)
			if (rdv->number > before)
				status = compare_before(rdv, r,
				                        rdv->number - before);
		if (status == COHORT_OK)
			status = compare_with(rdv, r);
		if (status != COHORT_OK)
			return status;
	}
	return COHORT_OK;
}

cohort_status mismatch_check_arrived(struct rendezvous *rdv)
{
	for (int r = 0; r < rdv->size; r++) {
		cohort_status status = compare_with(rdv, r);
		if (status != COHORT_OK)
			return status;
	}
	return COHORT_OK;
}
