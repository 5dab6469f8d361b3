/* Broadcast of more than a slot, from memory that all ranks can read: the
 * others copy from the root's buffer, and a last rendezvous keeps the root in
 * the call until they have. Cost: n bytes out, one rendezvous more. */
#include "bcast_zero_copy.h"

#include "rendezvous.h"
#include "tuning.h"
#include "zero_copy.h"

cohort_status bcast_zero_copy(struct rendezvous *rdv, void *data, size_t bytes)
{
	const int root = rdv->wait.call->root;
	const void *from;
	cohort_status status = zero_copy_find(rdv, root, bytes, &from);

	if (status == COHORT_OK && rdv->rank != root)
		status =
		    zero_copy_read(rdv, tuning_copy(bytes, NONTEMPORAL_BCAST),
		                   data, from, bytes);
	if (status != COHORT_OK)
		return status;
	rendezvous_next(rdv);
	return rendezvous_join(rdv);
}
