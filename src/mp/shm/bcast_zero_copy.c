/* Broadcast of more than a slot, from memory that the others can read: they
 * copy from the root's buffer, and a last rendezvous keeps the root in the call
 * until they have. Cost: n bytes out, one rendezvous more. */
#include "bcast_zero_copy.h"

#include "rendezvous.h"
#include "tuning.h"
#include "zero_copy.h"

cohort_status bcast_zero_copy(struct rendezvous *rdv, void *data, size_t bytes,
                              bool *all)
{
	const int root = rdv->wait.call->root;
	copy_function *const copy = tuning_copy(bytes, NONTEMPORAL_BCAST);
	cohort_status status = COHORT_OK;
	bool read = true;

	if (rdv->rank != root)
		status = zero_copy_take(rdv, root, copy, data, bytes, &read);
	return status == COHORT_OK ? zero_copy_end(rdv, read, all) : status;
}
