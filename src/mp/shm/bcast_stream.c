/* Broadcast of more than a slot: the root streams the data through its ring.
 * Cost: n bytes in and n bytes out at the same time, two cache lines a
 * slice. */
#include "bcast_stream.h"

#include "rendezvous.h"
#include "stream.h"
#include "tuning.h"

static cohort_status send_slices(struct rendezvous *rdv,
                                 const struct stream *stream,
                                 const unsigned char *data)
{
	cohort_status status = COHORT_OK;

	for (size_t k = 0; k < stream->count && status == COHORT_OK; k++)
		status = stream_fill(rdv, stream, k, data + k * stream->slice,
		                     stream_piece(stream, k, stream->bytes));
	return status;
}

static cohort_status recv_slices(struct rendezvous *rdv,
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

cohort_status bcast_stream(struct rendezvous *rdv, void *data, size_t bytes)
{
	const struct stream stream = stream_open(rdv, bytes, STREAM_OF_ONE);

	return rdv->rank == rdv->wait.call->root
	           ? send_slices(rdv, &stream, data)
	           : recv_slices(rdv, &stream, data);
}
