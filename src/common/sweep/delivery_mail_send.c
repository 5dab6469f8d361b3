#include "delivery_mail_send.h"

#include "common/base/rank_states.h"
#include "delivery.h"
#include "delivery_file_offer.h"

#include <stdlib.h>
#include <string.h>

/* Make room for `bytes` bytes behind the text. What was sent is overwritten,
 * if it is no less than the rest. */
static bool reserve_text(struct delivery_mail *mail, size_t bytes)
{
	const size_t rest = mail->filled - mail->sent;

	if (mail->sent >= rest) {
		if (rest > 0)
			memcpy(mail->text, mail->text + mail->sent, rest);
		mail->filled = rest;
		mail->sent = 0;
	}
	if (mail->filled + bytes <= mail->room)
		return true;
	const size_t room = 2 * (mail->filled + bytes);
	unsigned char *grown = realloc(mail->text, room);
	if (!grown)
		return false;
	mail->text = grown;
	mail->room = room;
	return true;
}

/* Take finished records until a message is full. Returns whether there is
 * something to send. */
static bool fill_text(struct delivery *delivery, bool trusted)
{
	struct delivery_mail *mail = delivery->mail;
	const void *record;
	size_t bytes;

	while (mail->filled - mail->sent < MAIL_RECORDS_BYTES &&
	       delivery_take_own(delivery, trusted, &record, &bytes)) {
		if (!reserve_text(mail, bytes)) {
			mail_note_failure(
			    delivery, error_sys("cohort_scatter: realloc for a "
			                        "result of %zu bytes",
			                        bytes));
			return false;
		}
		memcpy(mail->text + mail->filled, record, bytes);
		mail->filled += bytes;
	}
	return mail->filled > mail->sent;
}

bool mail_has_rest(struct delivery *delivery, bool trusted)
{
	if (delivery_file_state(delivery->run) == RANK_FILE_NONE)
		return fill_text(delivery, trusted);
	return !delivery_file_is_read(delivery->run);
}

bool mail_send_message(struct delivery *delivery, enum mail_kind kind,
                       const void *data, size_t bytes)
{
	struct world *world = mail_world(delivery);
	struct delivery_mail *mail = delivery->mail;
	const struct mail_header header = {delivery->run->number, kind};
	bool sent = false;

	memcpy(mail->message, &header, sizeof(header));
	if (bytes > 0)
		memcpy(mail->message + sizeof(header), data, bytes);
	_Atomic uint64_t *mailed = &delivery_own_state(delivery->run)->mailed;
	const uint64_t before = atomic_load(mailed);
	atomic_store(mailed, before + 1);
	mail_transfer_works(
	    delivery, world->result_transfer->send(
	                  world, mail->message, sizeof(header) + bytes, &sent));
	if (!sent)
		atomic_store(mailed, before);
	mail->behind = !sent;
	mail->moved |= sent;
	return sent;
}

void mail_hear(struct delivery *delivery)
{
	struct world *world = mail_world(delivery);
	struct delivery_mail *mail = delivery->mail;
	struct result_news news = {0};
	uint64_t heard = mail->heard;

	mail_transfer_works(delivery,
	                    world->result_transfer->hear(world, &news, &heard));
	mail->moved |= heard != mail->heard;
	mail->heard = heard;
	if (news.sweep != delivery->run->number)
		return;
	mail->news = news;
	/* The rank's child reads it, too. */
	atomic_store(&world->states->ranks[world->stats_index].limit,
	             news.limit);
}

void delivery_mail_send(struct delivery *delivery, bool trusted)
{
	struct delivery_mail *mail = delivery->mail;

	delivery->tasks = 0;
	delivery->seconds = 0;
	if (delivery->discards && delivery->run->job->ordered)
		mail_hear(delivery);
	if (delivery_file_state(delivery->run) != RANK_FILE_NONE) {
		mail->behind = !delivery_file_is_read(delivery->run);
		return;
	}
	while (delivery->mail_failed == COHORT_OK &&
	       fill_text(delivery, trusted)) {
		const size_t left = mail->filled - mail->sent;
		const size_t bytes =
		    left < MAIL_RECORDS_BYTES ? left : MAIL_RECORDS_BYTES;
		if (!mail_send_message(delivery, MAIL_RECORDS,
		                       mail->text + mail->sent, bytes))
			return;
		mail->sent += bytes;
	}
}
