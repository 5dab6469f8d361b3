/* Allgather of more than a slot, from memory that all ranks can read: each rank
 * copies every part from its owner's buffer. A last rendezvous keeps the owners
 * in the call until all have. Cost: p n bytes out on every rank, one rendezvous
 * more. */
#include "allgatherv_zero_copy.h"

#include "rendezvous.h"
#include "zero_copy.h"

/* *out: where to copy rank r's part from; NULL if it is empty, or in place. */
static cohort_status find_offered_part(struct rendezvous *rdv,
                                       const struct allgatherv_parts *parts,
                                       int r, const void **out)
{
	const size_t bytes = allgatherv_bytes(parts, r);

	*out = NULL;
	if (r == rdv->rank) {
		*out = parts->own == parts->own_place ? NULL : parts->own;
		return COHORT_OK;
	}
	return bytes > 0 ? zero_copy_find(rdv, r, bytes, out) : COHORT_OK;
}

cohort_status allgatherv_zero_copy(struct rendezvous *rdv,
                                   const struct allgatherv_parts *parts)
{
	unsigned char *to = parts->recv;

	for (int r = 0; r < rdv->size; r++) {
		const size_t bytes = allgatherv_bytes(parts, r);
		const void *from;
		cohort_status status = find_offered_part(rdv, parts, r, &from);
		if (status == COHORT_OK && from)
			status =
			    zero_copy_read(rdv, parts->copy, to, from, bytes);
		if (status != COHORT_OK)
			return status;
		to += bytes;
	}
	rendezvous_next(rdv);
	return rendezvous_join(rdv);
}
