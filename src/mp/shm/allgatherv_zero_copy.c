/* Allgather of more than a slot, from memory that the others can read: each
 * rank copies every part from its owner's buffer. A last rendezvous keeps the
 * owners in the call until all have. Cost: p n bytes out on every rank, one
 * rendezvous more. */
#include "allgatherv_zero_copy.h"

#include "rendezvous.h"
#include "zero_copy.h"

static cohort_status copy_part(struct rendezvous *rdv,
                               const struct allgatherv_parts *parts, int r,
                               unsigned char *to, bool *read)
{
	const size_t bytes = allgatherv_bytes(parts, r);

	*read = true;
	if (bytes == 0)
		return COHORT_OK;
	if (r != rdv->rank)
		return zero_copy_take(rdv, r, parts->copy, to, bytes, read);
	return parts->own == parts->own_place
	           ? COHORT_OK
	           : zero_copy_read(rdv, parts->copy, to, parts->own, bytes);
}

/* Once a part cannot be read, the others come in a stream too. */
cohort_status allgatherv_zero_copy(struct rendezvous *rdv,
                                   const struct allgatherv_parts *parts,
                                   bool *all)
{
	unsigned char *to = parts->recv;
	bool read = true;

	for (int r = 0; r < rdv->size && read; r++) {
		cohort_status status = copy_part(rdv, parts, r, to, &read);
		if (status != COHORT_OK)
			return status;
		to += allgatherv_bytes(parts, r);
	}
	return zero_copy_end(rdv, read, all);
}
