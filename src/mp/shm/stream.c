#include "stream.h"

#include "staging.h"
#include "tuning.h"

static struct tuning_ring ring_for(const struct rendezvous *rdv, size_t bytes,
                                   enum stream_owners owners)
{
	const struct tuning *tuning = tuning_for(rdv);

	if (owners == STREAM_OF_ALL)
		return tuning->all;
	return bytes > tuning->one.round ? tuning->one_long : tuning->one;
}

static struct stream stream_of(const struct rendezvous *rdv, size_t bytes,
                               enum stream_owners owners, uint64_t first)
{
	const struct tuning_ring ring = ring_for(rdv, bytes, owners);

	return (struct stream){
	    .bytes = bytes,
	    .slice = ring.slice,
	    .turns = ring.round / ring.slice,
	    .count = bytes / ring.slice + (bytes % ring.slice != 0),
	    .first = first,
	};
}

static unsigned char *place(const struct rendezvous *rdv,
                            const struct stream *stream, int owner, size_t k)
{
	return rdv->arena->slabs[owner].ring +
	       (stream->first + k) % stream->turns * stream->slice;
}

struct stream stream_open(struct rendezvous *rdv, size_t bytes,
                          enum stream_owners owners)
{
	const struct stream stream =
	    stream_of(rdv, bytes, owners, rdv->plane->streamed);

	rdv->plane->streamed += stream.count;
	return stream;
}

/* A place may be filled once every reader has taken what was there before, if
 * that belonged to this stream. */
static cohort_status await_readers(struct rendezvous *rdv, uint64_t value)
{
	for (int r = 0; r < rdv->size; r++) {
		cohort_status status = COHORT_OK;
		if (r != rdv->rank)
			status = rendezvous_await(
			    rdv, &rdv->arena->syncs[r].taken, value, r);
		if (status != COHORT_OK)
			return status;
	}
	return COHORT_OK;
}

cohort_status stream_fill(struct rendezvous *rdv, const struct stream *stream,
                          size_t k, const void *from, size_t bytes)
{
	const uint64_t after = stream->first + k + 1;
	cohort_status status = COHORT_OK;

	if (bytes > 0 && k >= stream->turns)
		status = await_readers(rdv, after - stream->turns);
	if (status != COHORT_OK)
		return status;
	if (bytes > 0)
		staging_put(rdv, place(rdv, stream, rdv->rank, k), from, bytes);
	rendezvous_advance(rdv, &rdv->arena->syncs[rdv->rank].filled, after);
	return COHORT_OK;
}

cohort_status stream_await(struct rendezvous *rdv, const struct stream *stream,
                           int owner, size_t k, const unsigned char **out)
{
	cohort_status status =
	    rendezvous_await(rdv, &rdv->arena->syncs[owner].filled,
	                     stream->first + k + 1, owner);

	if (status == COHORT_OK)
		*out = place(rdv, stream, owner, k);
	return status;
}

void stream_take(struct rendezvous *rdv, const struct stream *stream, size_t k)
{
	rendezvous_advance(rdv, &rdv->arena->syncs[rdv->rank].taken,
	                   stream->first + k + 1);
}

cohort_status stream_send(struct rendezvous *rdv, const void *data,
                          size_t bytes)
{
	struct rank_sync *rank_sync = &rdv->arena->syncs[rdv->rank];
	const struct stream stream = stream_of(
	    rdv, bytes, STREAM_OF_ONE,
	    atomic_load_explicit(&rank_sync->sent, memory_order_relaxed));
	const unsigned char *from = data;

	for (size_t k = 0; k < stream.count; k++) {
		const uint64_t after = stream.first + k + 1;
		cohort_status status = COHORT_OK;
		if (k >= stream.turns)
			status = rendezvous_await(rdv, &rank_sync->drained,
			                          after - stream.turns,
			                          rdv->wait.call->root);
		if (status != COHORT_OK)
			return status;
		staging_put(rdv, place(rdv, &stream, rdv->rank, k),
		            from + k * stream.slice,
		            stream_piece(&stream, k, bytes));
		rendezvous_advance(rdv, &rank_sync->sent, after);
	}
	return COHORT_OK;
}

cohort_status stream_recv(struct rendezvous *rdv, int owner, void *data,
                          size_t bytes, copy_function *copy)
{
	struct rank_sync *rank_sync = &rdv->arena->syncs[owner];
	/* Whatever was sent before has been drained. */
	const struct stream stream = stream_of(
	    rdv, bytes, STREAM_OF_ONE,
	    atomic_load_explicit(&rank_sync->drained, memory_order_acquire));
	unsigned char *to = data;

	for (size_t k = 0; k < stream.count; k++) {
		const uint64_t after = stream.first + k + 1;
		cohort_status status =
		    rendezvous_await(rdv, &rank_sync->sent, after, owner);
		if (status != COHORT_OK)
			return status;
		copy(to + k * stream.slice, place(rdv, &stream, owner, k),
		     stream_piece(&stream, k, bytes));
		rendezvous_advance(rdv, &rank_sync->drained, after);
	}
	return COHORT_OK;
}
