/*
 * Broadcast.
 * Up to PAYLOAD_BYTES: in the root's flag. Cost: one meeting.
 * Up to SLOT_BYTES: the root fills its slot before it comes to the meeting, the
 * others read it after. Cost: one meeting, n bytes in, n bytes out.
 * Above: a meeting, then a stream from the root (stream.h).
 */
#include "copy.h"
#include "meet.h"
#include "shm.h"
#include "stream.h"

cohort_status shm_bcast(struct world *base, const struct call *call, void *data,
                        size_t bytes)
{
	const struct mp_group *group = (const struct mp_group *)base;
	struct meet meet = meet_begin(group->world, call, group->timeout);
	const int root = call->root;
	const bool is_root = base->rank == root;

	if (base->size == 1)
		return meet_all(&meet);
	if (bytes > SLOT_BYTES) {
		cohort_status status = meet_all(&meet);
		return status == COHORT_OK
		           ? stream_bcast(&meet, data, bytes, root)
		           : status;
	}
	unsigned char *place = bytes <= PAYLOAD_BYTES
	                           ? meet_flag(&meet, root)->payload
	                           : meet_slot(&meet, root);
	if (is_root && bytes > 0)
		shm_copy(place, data, bytes);
	cohort_status status = meet_all(&meet);
	if (status == COHORT_OK && !is_root && bytes > 0)
		shm_copy(data, place, bytes);
	return status;
}
