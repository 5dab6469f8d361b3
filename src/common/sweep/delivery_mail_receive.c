#include "delivery_mail_receive.h"

#include "common/base/clock.h"
#include "delivery_mail_flow.h"
#include "delivery_mail_state.h"

#include <stdlib.h>
#include <string.h>

enum { MESSAGES_MOST = 256 /* received at once */ };

/* Rank 0 tells the others at least so often that it goes on, or 4 times in a
 * timeout. */
#define TELL_SECONDS 1.0

static bool append_mail(struct delivery_stream *stream, const void *data,
                        size_t bytes)
{
	if (stream->sent_bytes + bytes > stream->sent_room) {
		const uint64_t room = 2 * (stream->sent_bytes + bytes);
		unsigned char *grown = realloc(stream->sent, (size_t)room);
		if (!grown)
			return false;
		stream->sent = grown;
		stream->sent_room = room;
	}
	memcpy(stream->sent + stream->sent_bytes, data, bytes);
	stream->sent_bytes += bytes;
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

/* Without memory, rank 0 goes on to receive, so that no rank waits for it. */
static void keep_mail(struct delivery *delivery, struct delivery_stream *stream,
                      const void *data, size_t bytes)
{
	if (delivery->mail_failed != COHORT_OK)
		return;
	compact_stream(delivery, stream);
	if (append_mail(stream, data, bytes))
		return;
	mail_note_failure(delivery,
	                  error_sys("cohort_scatter: realloc for results"));
	delivery_lack_memory(delivery);
}

static void read_message(struct delivery *delivery, int from, uint64_t kind,
                         const unsigned char *text, size_t bytes)
{
	struct mail_peer *peer = &delivery->mail->peers[from];
	struct mail_wait wait;

	switch (kind) {
	case MAIL_RECORDS:
		keep_mail(delivery, &delivery->streams[from], text, bytes);
		break;
	case MAIL_WAIT:
		memcpy(&wait, text, sizeof(wait));
		mail_flow_note(delivery, from, &wait);
		break;
	default:
		peer->rounds++;
		peer->awaits = MAIL_HAS_LEFT;
	}
}

static bool receive_one(struct delivery *delivery)
{
	struct delivery_mail *mail = delivery->mail;
	struct world *world = mail_world(delivery);
	struct mail_header header;
	size_t bytes = 0;
	int from = -1;

	if (!mail_transfer_works(delivery,
	                         world->result_transfer->receive(
	                             world, &from, mail->message, &bytes)) ||
	    from < 0)
		return false;
	mail->moved = true;
	memcpy(&header, mail->message, sizeof(header));
	if (header.sweep == delivery->run->number)
		read_message(delivery, from, header.kind,
		             mail->message + sizeof(header),
		             bytes - sizeof(header));
	return true;
}

void mail_receive_all(struct delivery *delivery)
{
	for (int i = 0; i < MESSAGES_MOST && receive_one(delivery); i++)
		;
}

void mail_tell_of_call(struct delivery *delivery)
{
	const double timeout = delivery->run->group->timeout;
	const double pause = timeout > 0 && timeout < 4 * TELL_SECONDS
	                         ? timeout / 4
	                         : TELL_SECONDS;

	delivery->mail->moved = true;
	if (clock_tick_seconds() > delivery->mail->told + pause)
		mail_tell(delivery);
}
