#include "delivery_sent.h"

#include "delivery_halt.h"

#include <stdlib.h>
#include <string.h>

static bool reserve_room(struct delivery_stream *stream, size_t bytes)
{
	if (stream->sent_bytes + bytes <= stream->sent_room)
		return true;
	const uint64_t room = 2 * (stream->sent_bytes + bytes);
	unsigned char *grown = realloc(stream->sent, (size_t)room);
	if (!grown)
		return false;
	stream->sent = grown;
	stream->sent_room = room;
	return true;
}

/* Move the rest of the stream to its beginning, if it is no more than what was
 * taken. Results that wait for their turn have copies if results are released;
 * others are read again where they are. */
static void compact_stream(const struct delivery *delivery,
                           struct delivery_stream *stream)
{
	const uint64_t rest = stream->sent_bytes - stream->taken;

	if ((delivery->reorder.count > 0 && !delivery->discards) ||
	    stream->taken == 0 || stream->taken < rest)
		return;
	if (rest > 0)
		memcpy(stream->sent, stream->sent + stream->taken,
		       (size_t)rest);
	stream->taken = 0;
	stream->sent_bytes = rest;
}

unsigned char *delivery_sent_room(struct delivery *delivery, int r,
                                  size_t bytes)
{
	struct delivery_stream *stream = &delivery->streams[r];

	if (delivery->mail_failed != COHORT_OK)
		return NULL;
	compact_stream(delivery, stream);
	if (reserve_room(stream, bytes))
		return stream->sent + stream->sent_bytes;
	mail_note_failure(delivery,
	                  error_sys("cohort_scatter: realloc for results"));
	delivery_lack_memory(delivery, "receive results", errno);
	return NULL;
}
