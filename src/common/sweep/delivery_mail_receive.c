#include "delivery_mail_receive.h"

#include "common/base/clock.h"
#include "common/base/rank_states.h"
#include "delivery_mail_flow.h"
#include "delivery_mail_state.h"
#include "delivery_sent.h"

#include <string.h>

enum { MESSAGES_MOST = 256 /* received at once */ };

/* Rank 0 tells the others at least so often that it goes on, or 4 times in a
 * timeout. */
#define TELL_SECONDS 1.0

/* Without memory, rank 0 goes on to receive, so that no rank waits for it. */
static void keep_mail(struct delivery *delivery, int from, const void *data,
                      size_t bytes)
{
	unsigned char *room = delivery_sent_room(delivery, from, bytes);

	if (!room)
		return;
	memcpy(room, data, bytes);
	delivery->streams[from].sent_bytes += bytes;
}

static void read_message(struct delivery *delivery, int from, uint64_t kind,
                         const unsigned char *text, size_t bytes)
{
	struct mail_peer *peer = &delivery->mail->peers[from];
	struct mail_wait wait;

	switch (kind) {
	case MAIL_RECORDS:
		keep_mail(delivery, from, text, bytes);
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
	if (header.sweep != delivery->run->number)
		return true;
	mail->peers[from].received++;
	read_message(delivery, from, header.kind,
	             mail->message + sizeof(header), bytes - sizeof(header));
	return true;
}

/* Whether there may be messages. The ranks of one machine count theirs, because
 * to look for one is a call of MPI, in which Open MPI yields the core if there
 * are more ranks than cores: on a busy machine for tens of milliseconds. */
static bool may_receive(const struct delivery *delivery)
{
	const struct world *world = mail_world(delivery);

	for (int r = 1; world->nodes == 1 && r < world->size; r++)
		if (atomic_load(&world->states->ranks[r].mailed) >
		    delivery->mail->peers[r].received)
			return true;
	return world->nodes != 1;
}

void mail_receive_all(struct delivery *delivery)
{
	for (int i = 0; i < MESSAGES_MOST; i++)
		if (!may_receive(delivery) || !receive_one(delivery))
			return;
}

void mail_tell_of_progress(struct delivery *delivery)
{
	const double timeout = delivery->run->group->timeout;
	const double pause = timeout > 0 && timeout < 4 * TELL_SECONDS
	                         ? timeout / 4
	                         : TELL_SECONDS;

	delivery->mail->moved = true;
	if (clock_tick_seconds() > delivery->mail->told + pause)
		mail_tell(delivery);
}
