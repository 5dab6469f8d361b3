#include "staging.h"

#include "await.h"

_Static_assert(FEW_OFFSET + SLOT_BYTES <= SLOTS_BYTES, "a slot fits");

/* There are more ranks than cores, so the barrier is counted. */
cohort_status staging_bring_few(struct rendezvous *rdv, const void *data,
                                size_t bytes, size_t most)
{
	_Atomic uint64_t *complete = &rdv->arena->barrier->complete;
	const uint64_t before = rdv->number - 1;
	cohort_status status = COHORT_OK;

	if (!await_reached(complete, before))
		status = await_backing_off(rdv, complete, before, rdv->rank);
	if (status == COHORT_OK && bytes > 0)
		staging_put(rdv, staging_of_each(rdv, rdv->rank, most), data,
		            bytes);
	return status;
}
