/*
 * Broadcast.
 * Up to PAYLOAD_BYTES: in the root's flag. Cost: one meeting.
 * Up to SLOT_BYTES: the root fills its slot before it comes to the meeting, the
 * others read it after. Cost: one meeting, n bytes in, n bytes out.
 * Above: a meeting, then a stream from the root (stream.h); or, if the root's
 * data lie where all ranks can read them, n bytes out and a meeting more.
 */
#include "rendezvous.h"
#include "shm_collectives.h"
#include "staging.h"
#include "stream.h"
#include "tuning.h"
#include "zero_copy.h"

static cohort_status send_stream(struct rendezvous *rdv,
                                 const struct stream *stream,
                                 const unsigned char *data)
{
	cohort_status status = COHORT_OK;

	for (size_t k = 0; k < stream->count && status == COHORT_OK; k++)
		status = stream_fill(rdv, stream, k, data + k * stream->slice,
		                     stream_piece(stream, k, stream->bytes));
	return status;
}

static cohort_status recv_stream(struct rendezvous *rdv,
                                 const struct stream *stream,
                                 unsigned char *data)
{
	copy_function *const copy =
	    tuning_copy(stream->bytes, NONTEMPORAL_BCAST);

	for (size_t k = 0; k < stream->count; k++) {
		const unsigned char *from;
		cohort_status status =
		    stream_await(rdv, stream, rdv->wait.call->root, k, &from);
		if (status != COHORT_OK)
			return status;
		copy(data + k * stream->slice, from,
		     stream_piece(stream, k, stream->bytes));
		stream_take(rdv, stream, k);
	}
	return rendezvous_end(rdv);
}

static cohort_status bcast_large(struct rendezvous *rdv, void *data,
                                 size_t bytes, int root)
{
	if (rdv->rank == root)
		zero_copy_offer(rdv, data, bytes);
	cohort_status status = rendezvous_join(rdv);
	if (status != COHORT_OK)
		return status;
	const void *there;
	if ((status = zero_copy_find(rdv, root, bytes, &there)) != COHORT_OK)
		return status;
	if (!there) {
		const struct stream stream =
		    stream_open(rdv, bytes, STREAM_OF_ONE);
		return rdv->rank == root ? send_stream(rdv, &stream, data)
		                         : recv_stream(rdv, &stream, data);
	}
	if (rdv->rank != root)
		status =
		    zero_copy_read(rdv, tuning_copy(bytes, NONTEMPORAL_BCAST),
		                   data, there, bytes);
	if (status != COHORT_OK)
		return status;
	rendezvous_next(rdv);
	return rendezvous_join(rdv);
}

cohort_status shm_bcast(struct world *base, const struct call *call, void *data,
                        size_t bytes)
{
	struct rendezvous rdv;
	const int root = call->root;
	const bool is_root = base->rank == root;

	rendezvous_begin(&rdv, base, call);
	if (base->size == 1)
		return rendezvous_join(&rdv);
	if (bytes > SLOT_BYTES)
		return bcast_large(&rdv, data, bytes, root);
	if (is_root)
		staging_bring(&rdv, data, bytes, bytes);
	cohort_status status = rendezvous_join(&rdv);
	if (status != COHORT_OK || is_root || bytes == 0)
		return status;
	staging_take(data, staging_of(&rdv, root, bytes), bytes);
	return rendezvous_end(&rdv);
}
