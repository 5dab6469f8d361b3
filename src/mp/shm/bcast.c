/*
 * Broadcast.
 * Up to PAYLOAD_BYTES: in the root's flag. Cost: one meeting.
 * Up to SLOT_BYTES: the root fills its slot before it comes to the meeting, the
 * others read it after. Cost: one meeting, n bytes in, n bytes out.
 * Above: a meeting, then a stream from the root (stream.h); or, if the root's
 * data lie where all ranks can read them, n bytes out and a meeting more.
 */
#include "cut.h"
#include "direct.h"
#include "meet.h"
#include "shm.h"
#include "stream.h"

static cohort_status bcast_large(struct meet *meet, void *data, size_t bytes,
                                 int root)
{
	direct_offer(meet, data, bytes);
	cohort_status status = meet_all(meet);
	if (status != COHORT_OK)
		return status;
	const void *there;
	if ((status = direct_find(meet, root, bytes, &there)) != COHORT_OK)
		return status;
	if (!there)
		return stream_bcast(meet, data, bytes, root);
	if (meet->rank != root)
		cut_copy(bytes)(data, there, bytes);
	meet_next(meet);
	return meet_all(meet);
}

cohort_status shm_bcast(struct world *base, const struct call *call, void *data,
                        size_t bytes)
{
	const struct mp_group *group = (const struct mp_group *)base;
	struct meet meet = meet_begin(group->world, call, group->timeout);
	const int root = call->root;
	const bool is_root = base->rank == root;

	if (base->size == 1)
		return meet_all(&meet);
	if (bytes > SLOT_BYTES)
		return bcast_large(&meet, data, bytes, root);
	unsigned char *place = bytes <= PAYLOAD_BYTES
	                           ? meet_flag(&meet, root)->payload
	                           : meet_slot(&meet, root, bytes);
	if (is_root && bytes > 0)
		meet_put(&meet, place, data, bytes);
	cohort_status status = meet_all(&meet);
	if (status != COHORT_OK || is_root || bytes == 0)
		return status;
	shm_copy(data, place, bytes);
	return meet_end(&meet);
}
