#include "delivery_stream.h"

#include "child_state.h"
#include "common/base/rank_states.h"
#include "delivery_halt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void delivery_follow_children(const struct delivery *delivery, int r)
{
	if (!delivery_is_sealed(delivery, r))
		return;
	struct rank_state *state = delivery_state_of(delivery, r);
	struct delivery_stream *stream = &delivery->streams[r];
	/* In this order: no record of a child is taken before the end of the
	 * child before it has been seen. */
	stream->children = atomic_load(&state->children);
	const uint64_t from = atomic_load(&state->reread_from);

	if (from == UINT64_MAX)
		return;
	if (stream->taken > from)
		stream->taken = from;
	atomic_store(&state->reread_from, UINT64_MAX);
}

/* A child can write to the last page of what was there before it, which its
 * rank restores when the child has ended (handover.c). What it has written
 * itself is not restored. The records from `place` on may be of any child. */
void delivery_look_again(const struct delivery *delivery, int r, uint64_t place)
{
	struct delivery_stream *stream = &delivery->streams[r];

	if (place >= atomic_load(&delivery_state_of(delivery, r)->child_from) ||
	    stream->taken <= place)
		return;
	stream->taken = place;
	stream->child = 0;
}

bool delivery_have_copy(struct delivery *delivery, size_t bytes)
{
	if (bytes > delivery->copy_room) {
		free(delivery->copy);
		delivery->copy = malloc(bytes);
		delivery->copy_room = delivery->copy ? bytes : 0;
	}
	return delivery->copy != NULL;
}

static bool copy_record(struct delivery *delivery, const unsigned char *start,
                        const struct record *header)
{
	const size_t bytes = record_bytes(header);

	if (!delivery_have_copy(delivery, bytes))
		return false;
	memcpy(delivery->copy, start, bytes);
	/* Its lengths have been checked. */
	memcpy(delivery->copy, header, sizeof(*header));
	return true;
}

/* Which children may have sealed a record. */
struct sealers {
	int rank;
	uint64_t first; /* by number; any later one may have, too */
};

/* Whether one of them has sealed the record of `room` bytes at the most at
 * `start`, whose place is `place`. *child receives which. */
static bool is_sealed_by(const struct delivery *delivery,
                         struct sealers sealers, const unsigned char *start,
                         size_t room, uint64_t place, uint64_t *child)
{
	const int r = sealers.rank;
	const uint64_t key = atomic_load(&delivery_state_of(delivery, r)->key);

	for (uint64_t c = sealers.first; c <= delivery->streams[r].children;
	     c++) {
		*child = c;
		if (record_is_sealed(start, room, place,
		                     child_state_key(key, c)))
			return true;
	}
	return false;
}

/* Copy the record at `place`, which a child may be writing, and check the
 * copy. */
static bool take_sealed(struct delivery *delivery, int r,
                        struct readable readable, uint64_t place,
                        uint64_t first, struct taken_record *out)
{
	struct delivery_stream *stream = &delivery->streams[r];
	const unsigned char *start = readable.start + (place - readable.base);
	const size_t room = (size_t)(readable.end - place);
	const struct sealers sealers = {r, first};
	struct record header;
	size_t next = 0;
	uint64_t child;

	if (room < RECORD_HEADER_BYTES)
		return false;
	memcpy(&header, start, sizeof(header));
	if (!record_has_room(&header, room) ||
	    header.index >= delivery->run->sweep->count)
		return false;
	if (!copy_record(delivery, start, &header)) {
		/* A child may have overwritten the lengths. */
		if (is_sealed_by(delivery, sealers, start, room, place, &child))
			delivery_lack_memory(
			    delivery, "copy a result for on_result", ENOMEM);
		return false;
	}
	if (!is_sealed_by(delivery, sealers, delivery->copy,
	                  delivery->copy_room, place, &child))
		return false;
	if (child > stream->child)
		stream->child = child;
	out->record =
	    record_read(delivery->copy, &next, &out->data, &out->error);
	out->next = place + next;
	return true;
}

bool delivery_take(struct delivery *delivery, int r, struct readable readable,
                   uint64_t place, bool trusted, struct taken_record *out)
{
	const struct delivery_stream *stream = &delivery->streams[r];
	const size_t count = delivery->run->sweep->count;

	if (!readable.start || place < readable.base || place >= readable.end)
		return false;
	if (!trusted && !readable.settled && delivery_is_sealed(delivery, r)) {
		const bool is_of_last =
		    place >=
		    atomic_load(&delivery_state_of(delivery, r)->child_from);
		return take_sealed(
		    delivery, r, readable, place,
		    is_of_last ? stream->children : stream->child, out);
	}
	size_t next = (size_t)(place - readable.base);
	if (!record_fits(readable.start, next,
	                 (size_t)(readable.end - readable.base), count))
		return false;
	out->record =
	    record_read(readable.start, &next, &out->data, &out->error);
	out->next = readable.base + next;
	return true;
}
