#include "delivery_mail_send.h"

#include "delivery_mail_state.h"

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

bool mail_fill_text(struct delivery *delivery, bool trusted)
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

bool mail_send_message(struct delivery *delivery, const void *data,
                       size_t bytes)
{
	struct world *world = mail_world(delivery);
	struct delivery_mail *mail = delivery->mail;
	const uint64_t number = delivery->run->number;
	bool sent = false;

	memcpy(mail->message, &number, MAIL_NUMBER_BYTES);
	if (bytes > 0)
		memcpy(mail->message + MAIL_NUMBER_BYTES, data, bytes);
	mail_transfer_works(delivery, world->result_transfer->send(
	                                  world, mail->message,
	                                  MAIL_NUMBER_BYTES + bytes, &sent));
	mail->behind = !sent;
	mail->moved |= sent;
	return sent;
}

void delivery_mail_send(struct delivery *delivery, bool trusted)
{
	struct delivery_mail *mail = delivery->mail;

	delivery->tasks = 0;
	delivery->seconds = 0;
	while (delivery->mail_failed == COHORT_OK &&
	       mail_fill_text(delivery, trusted)) {
		const size_t left = mail->filled - mail->sent;
		const size_t bytes =
		    left < MAIL_RECORDS_BYTES ? left : MAIL_RECORDS_BYTES;
		if (!mail_send_message(delivery, mail->text + mail->sent,
		                       bytes))
			return;
		mail->sent += bytes;
	}
}
