#include "stream.h"

#include "cut.h"
#include "place.h"

static struct cut_ring ring_for(const struct meet *meet, size_t bytes,
                                enum stream_owners owners)
{
	const struct cut *cut = cut_for(meet);

	if (owners == STREAM_OF_ALL)
		return cut->all;
	return bytes > cut->one.round ? cut->one_long : cut->one;
}

static struct stream stream_of(const struct meet *meet, size_t bytes,
                               enum stream_owners owners, uint64_t first)
{
	const struct cut_ring ring = ring_for(meet, bytes, owners);

	return (struct stream){
	    .bytes = bytes,
	    .slice = ring.slice,
	    .turns = ring.round / ring.slice,
	    .count = bytes / ring.slice + (bytes % ring.slice != 0),
	    .first = first,
	};
}

static unsigned char *place(const struct meet *meet,
                            const struct stream *stream, int owner, size_t k)
{
	return meet->arena->slabs[owner].ring +
	       (stream->first + k) % stream->turns * stream->slice;
}

struct stream stream_open(struct meet *meet, size_t bytes,
                          enum stream_owners owners)
{
	struct mp_world *world = meet->wait.world;
	const struct stream stream =
	    stream_of(meet, bytes, owners, world->streamed);

	world->streamed += stream.count;
	return stream;
}

/* A place may be filled once every reader has taken what was there before, if
 * that belonged to this stream. */
static cohort_status await_readers(struct meet *meet, uint64_t value)
{
	for (int r = 0; r < meet->size; r++) {
		cohort_status status = COHORT_OK;
		if (r != meet->rank)
			status = meet_await(meet, &meet->arena->desks[r].taken,
			                    value, r);
		if (status != COHORT_OK)
			return status;
	}
	return COHORT_OK;
}

cohort_status stream_fill(struct meet *meet, const struct stream *stream,
                          size_t k, const void *from, size_t bytes)
{
	const uint64_t after = stream->first + k + 1;
	cohort_status status = COHORT_OK;

	if (bytes > 0 && k >= stream->turns)
		status = await_readers(meet, after - stream->turns);
	if (status != COHORT_OK)
		return status;
	if (bytes > 0)
		place_put(meet, place(meet, stream, meet->rank, k), from,
		          bytes);
	meet_advance(meet, &meet->arena->desks[meet->rank].filled, after);
	return COHORT_OK;
}

cohort_status stream_await(struct meet *meet, const struct stream *stream,
                           int owner, size_t k, const unsigned char **out)
{
	cohort_status status =
	    meet_await(meet, &meet->arena->desks[owner].filled,
	               stream->first + k + 1, owner);

	if (status == COHORT_OK)
		*out = place(meet, stream, owner, k);
	return status;
}

void stream_take(struct meet *meet, const struct stream *stream, size_t k)
{
	meet_advance(meet, &meet->arena->desks[meet->rank].taken,
	             stream->first + k + 1);
}

cohort_status stream_send(struct meet *meet, const void *data, size_t bytes)
{
	struct desk *desk = &meet->arena->desks[meet->rank];
	const struct stream stream =
	    stream_of(meet, bytes, STREAM_OF_ONE,
	              atomic_load_explicit(&desk->sent, memory_order_relaxed));
	const unsigned char *from = data;

	for (size_t k = 0; k < stream.count; k++) {
		const uint64_t after = stream.first + k + 1;
		cohort_status status = COHORT_OK;
		if (k >= stream.turns)
			status = meet_await(meet, &desk->drained,
			                    after - stream.turns,
			                    meet->wait.call->root);
		if (status != COHORT_OK)
			return status;
		place_put(meet, place(meet, &stream, meet->rank, k),
		          from + k * stream.slice,
		          stream_piece(&stream, k, bytes));
		meet_advance(meet, &desk->sent, after);
	}
	return COHORT_OK;
}

cohort_status stream_recv(struct meet *meet, int owner, void *data,
                          size_t bytes, copy_function *copy)
{
	struct desk *desk = &meet->arena->desks[owner];
	/* Whatever was sent before has been drained. */
	const struct stream stream = stream_of(
	    meet, bytes, STREAM_OF_ONE,
	    atomic_load_explicit(&desk->drained, memory_order_acquire));
	unsigned char *to = data;

	for (size_t k = 0; k < stream.count; k++) {
		const uint64_t after = stream.first + k + 1;
		cohort_status status =
		    meet_await(meet, &desk->sent, after, owner);
		if (status != COHORT_OK)
			return status;
		copy(to + k * stream.slice, place(meet, &stream, owner, k),
		     stream_piece(&stream, k, bytes));
		meet_advance(meet, &desk->drained, after);
	}
	return COHORT_OK;
}
