#include "delivery_mail_flow.h"

#include "common/base/clock.h"
#include "delivery_mail_send.h"

#include <string.h>

static bool is_needed(const struct delivery *delivery)
{
	return delivery->discards && delivery->run->job->ordered;
}

/* What the rank has said before does not count after this. */
static void tell_rank(struct delivery *delivery, int to)
{
	const struct delivery_mail *mail = delivery->mail;
	struct world *world = mail_world(delivery);
	struct mail_peer *peer = &mail->peers[to];
	const struct result_news news = {
	    .sweep = delivery->run->number,
	    .round = mail->round,
	    .given_up = mail->given_up,
	    .serial = ++peer->serial,
	    .limit = mail->closed ? delivery->limit : UINT64_MAX,
	};

	if (peer->awaits != MAIL_HAS_LEFT)
		peer->awaits = 0;
	mail_transfer_works(delivery,
	                    world->result_transfer->tell(world, to, &news));
}

void mail_tell(struct delivery *delivery)
{
	delivery->mail->told = clock_seconds();
	for (int r = 1; r < mail_world(delivery)->size; r++)
		if (!delivery->mail->broken)
			tell_rank(delivery, r);
}

void mail_flow_note(struct delivery *delivery, int from,
                    const struct mail_wait *wait)
{
	struct mail_peer *peer = &delivery->mail->peers[from];

	if (wait->awaits == MAIL_HAS_LEFT || wait->serial == peer->serial)
		peer->awaits = wait->awaits;
}

/* Whether the rank waits for what it may do now, or has not said what for. */
static bool may_go_on(const struct delivery *delivery, int r)
{
	const uint64_t awaits = delivery->mail->peers[r].awaits;

	return awaits == 0 || awaits - 1 < delivery->limit;
}

void mail_flow_tell(struct delivery *delivery)
{
	struct delivery_mail *mail = delivery->mail;
	const int size = mail_world(delivery)->size;
	const bool was_closed = mail->closed;

	if (!is_needed(delivery) || delivery->halted)
		return;
	/* Half of it, so that ranks do not stop after each task. */
	mail->closed =
	    delivery->held >= (was_closed ? HELD_MOST / 2 : HELD_MOST);
	for (int r = 1; r < size; r++)
		if (mail->closed != was_closed ||
		    (mail->closed && mail->peers[r].awaits != 0 &&
		     may_go_on(delivery, r)))
			tell_rank(delivery, r);
}

bool mail_flow_all_held_up(const struct delivery *delivery)
{
	for (int r = 1; r < mail_world(delivery)->size; r++)
		if (may_go_on(delivery, r))
			return false;
	return true;
}

void mail_flow_give_up(struct delivery *delivery, uint64_t round)
{
	delivery->mail->given_up = round;
	mail_tell(delivery);
}

void mail_flow_end_round(struct delivery *delivery)
{
	struct delivery_mail *mail = delivery->mail;
	const struct world *world = mail_world(delivery);

	for (int r = 1; world->rank == 0 && r < world->size; r++)
		mail->peers[r].awaits = 0;
	mail->said = (struct mail_wait){0};
	mail->left = false;
}

void mail_flow_say(struct delivery *delivery, uint64_t awaits)
{
	struct delivery_mail *mail = delivery->mail;
	const struct mail_wait wait = {mail->news.serial, awaits};

	if (!is_needed(delivery) || mail_has_rest(delivery, true) ||
	    !memcmp(&wait, &mail->said, sizeof(wait)))
		return;
	if (mail_send_message(delivery, MAIL_WAIT, &wait, sizeof(wait)))
		mail->said = wait;
}
