/*
 * Gather. Each part by its own size:
 * up to PAYLOAD_BYTES: in its rank's flag; up to SLOT_BYTES: in its slot, both
 * filled before the meeting and read by the root after it; above: a stream
 * (stream.h) after the meeting, or read where it is, if all ranks can. All
 * senders of streams fill their rings at the same time; the root drains them in
 * rank order.
 * Cost: one meeting, n bytes in at once on every rank, p n bytes out.
 */
#include "cut.h"
#include "direct.h"
#include "meet.h"
#include "place.h"
#include "shm.h"
#include "stream.h"

static cohort_status collect_large(struct meet *meet, int r, void *to,
                                   size_t bytes, copy_function *copy)
{
	const void *there;
	cohort_status status = direct_find(meet, r, bytes, &there);

	if (status != COHORT_OK)
		return status;
	if (!there)
		return stream_recv(meet, r, to, bytes, copy);
	status = direct_copy(meet, copy, to, there, bytes);
	if (status == COHORT_OK)
		direct_done(meet, r);
	return status;
}

static cohort_status send_large(struct meet *meet, const void *send,
                                size_t bytes)
{
	if (direct_offered(meet, meet->rank))
		return direct_await(meet);
	return stream_send(meet, send, bytes);
}

/* The root's own part, first: meanwhile the others fill their rings. */
static cohort_status collect_own(const struct meet *meet, const void *send,
                                 unsigned char *recv, const size_t counts[],
                                 size_t width, copy_function *copy)
{
	const size_t bytes = counts[meet->rank] * width;
	size_t place = 0;

	for (int r = 0; r < meet->rank; r++)
		place += counts[r] * width;
	if (bytes == 0 || send == recv + place)
		return COHORT_OK;
	if (bytes > SLOT_BYTES)
		return direct_copy(meet, copy, recv + place, send, bytes);
	place_take(recv + place, send, bytes);
	return COHORT_OK;
}

static cohort_status collect(struct meet *meet, const void *send, void *recv,
                             const size_t counts[], size_t width)
{
	unsigned char *to = recv;
	size_t total = 0;

	for (int r = 0; r < meet->size; r++)
		total += counts[r] * width;
	copy_function *const copy = cut_copy(total, PAST_GATHER);
	cohort_status status =
	    collect_own(meet, send, recv, counts, width, copy);
	for (int r = 0; r < meet->size && status == COHORT_OK; r++) {
		const size_t bytes = counts[r] * width;
		if (bytes == 0)
			continue;
		if (r == meet->rank) {
			to += bytes;
			continue;
		}
		if (bytes <= SLOT_BYTES) {
			place_take(to, place_of(meet, r, bytes), bytes);
		} else {
			status = collect_large(meet, r, to, bytes, copy);
		}
		to += bytes;
	}
	return status == COHORT_OK ? meet_end(meet) : status;
}

cohort_status shm_gatherv(struct world *base, const struct call *call,
                          const void *send, void *recv, const size_t counts[],
                          size_t width)
{
	struct meet meet;
	const size_t bytes = (size_t)call->count * width;
	const bool is_root = base->rank == call->root;

	meet_begin(&meet, base, call);
	meet_bring_counts(&meet, call->root, counts);
	if (bytes > SLOT_BYTES && !is_root)
		direct_offer(&meet, send, bytes);
	else if (!is_root)
		place_bring(&meet, send, bytes, bytes);
	cohort_status status = meet_all(&meet);
	if (status != COHORT_OK)
		return status;
	if (!is_root)
		return bytes > SLOT_BYTES ? send_large(&meet, send, bytes)
		                          : COHORT_OK;
	return collect(&meet, send, recv, counts, width);
}
