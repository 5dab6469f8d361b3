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
#include "place.h"
#include "shm.h"
#include "stream.h"

static cohort_status send_stream(struct meet *meet, const struct stream *stream,
                                 const unsigned char *data)
{
	cohort_status status = COHORT_OK;

	for (size_t k = 0; k < stream->count && status == COHORT_OK; k++)
		status = stream_fill(meet, stream, k, data + k * stream->slice,
		                     stream_piece(stream, k, stream->bytes));
	return status;
}

static cohort_status recv_stream(struct meet *meet, const struct stream *stream,
                                 unsigned char *data)
{
	copy_function *const copy = cut_copy(stream->bytes, PAST_BCAST);

	for (size_t k = 0; k < stream->count; k++) {
		const unsigned char *from;
		cohort_status status =
		    stream_await(meet, stream, meet->wait.call->root, k, &from);
		if (status != COHORT_OK)
			return status;
		copy(data + k * stream->slice, from,
		     stream_piece(stream, k, stream->bytes));
		stream_take(meet, stream, k);
	}
	return meet_end(meet);
}

static cohort_status bcast_large(struct meet *meet, void *data, size_t bytes,
                                 int root)
{
	if (meet->rank == root)
		direct_offer(meet, data, bytes);
	cohort_status status = meet_all(meet);
	if (status != COHORT_OK)
		return status;
	const void *there;
	if ((status = direct_find(meet, root, bytes, &there)) != COHORT_OK)
		return status;
	if (!there) {
		const struct stream stream =
		    stream_open(meet, bytes, STREAM_OF_ONE);
		return meet->rank == root ? send_stream(meet, &stream, data)
		                          : recv_stream(meet, &stream, data);
	}
	if (meet->rank != root)
		status = direct_copy(meet, cut_copy(bytes, PAST_BCAST), data,
		                     there, bytes);
	if (status != COHORT_OK)
		return status;
	meet_next(meet);
	return meet_all(meet);
}

cohort_status shm_bcast(struct world *base, const struct call *call, void *data,
                        size_t bytes)
{
	struct meet meet;
	const int root = call->root;
	const bool is_root = base->rank == root;

	meet_begin(&meet, base, call);
	if (base->size == 1)
		return meet_all(&meet);
	if (bytes > SLOT_BYTES)
		return bcast_large(&meet, data, bytes, root);
	if (is_root)
		place_bring(&meet, data, bytes, bytes);
	cohort_status status = meet_all(&meet);
	if (status != COHORT_OK || is_root || bytes == 0)
		return status;
	place_take(data, place_of(&meet, root, bytes), bytes);
	return meet_end(&meet);
}
