#include "stream.h"

#include "await.h"
#include "staging.h"

struct stream stream_open(struct rendezvous *rdv, size_t bytes,
                          enum stream_owners owners)
{
	const struct stream stream =
	    stream_cut(rdv, bytes, owners, rdv->plane->streamed);

	rdv->plane->streamed += stream.count;
	return stream;
}

static cohort_status await_readers(struct rendezvous *rdv, uint64_t value)
{
	for (int r = 0; r < rdv->size; r++) {
		cohort_status status = COHORT_OK;
		if (r != rdv->rank)
			status = await_counter(rdv, &rdv->arena->syncs[r].taken,
			                       value, r);
		if (status != COHORT_OK)
			return status;
	}
	return COHORT_OK;
}

/* The first `turns` slices need no wait: the rendezvous before the stream says
 * that all ranks have read what was in the ring. A later slice replaces an
 * earlier one of this stream, which all readers must have copied. */
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
		staging_put(rdv, stream_at(rdv, stream, rdv->rank, k), from,
		            bytes);
	await_advance(rdv, &rdv->arena->syncs[rdv->rank].filled, after);
	return COHORT_OK;
}

cohort_status stream_await(struct rendezvous *rdv, const struct stream *stream,
                           int owner, size_t k, const unsigned char **out)
{
	cohort_status status =
	    await_counter(rdv, &rdv->arena->syncs[owner].filled,
	                  stream->first + k + 1, owner);

	if (status == COHORT_OK)
		*out = stream_at(rdv, stream, owner, k);
	return status;
}

void stream_take(struct rendezvous *rdv, const struct stream *stream, size_t k)
{
	await_advance(rdv, &rdv->arena->syncs[rdv->rank].taken,
	              stream->first + k + 1);
}
