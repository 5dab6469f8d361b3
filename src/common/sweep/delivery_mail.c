#define _POSIX_C_SOURCE 200809L
#include "delivery_mail.h"

#include "common/base/clock.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	PAUSE_NS = 200 * 1000, /* between two looks for messages */
	MESSAGES_MOST = 256    /* received at once */
};

/* How long a rank may sleep otherwise while it has messages to look for. */
#define ATTEND_SECONDS 0.3e-3
#define IDLE_SECONDS 1.0

/* In struct delivery. */
struct delivery_mail {
	/* On other ranks than 0: the rest of a record, to be sent. */
	unsigned char *text;
	size_t room;
	size_t filled;
	size_t sent;
	bool behind; /* rank 0 did not keep up at the last attempt */
	bool moved;  /* a message, since the last pause */
	/* On rank 0: */
	unsigned char *message;
	uint64_t *rounds; /* that each rank has ended */
	uint64_t ended;   /* rounds, here */
};

static struct world *world_of_delivery(const struct delivery *delivery)
{
	return delivery->run->group->world;
}

bool delivery_mail_is_used(const struct sweep_run *run)
{
	return run->group->world->result_transfer != NULL;
}

/* The first failure counts. */
static bool transfer_works(struct delivery *delivery, cohort_status status)
{
	if (status != COHORT_OK && delivery->mail_failed == COHORT_OK) {
		delivery->mail_failed = status;
		memcpy(delivery->mail_sentence, cohort_error(), ERROR_BYTES);
	}
	return delivery->mail_failed == COHORT_OK;
}

/* ---- other ranks than 0 ---- */

/* Take finished records until a message is full. */
static bool fill_text(struct delivery *delivery, bool trusted)
{
	struct delivery_mail *mail = delivery->mail;
	const void *record;
	size_t bytes;

	if (mail->sent == mail->filled)
		mail->sent = mail->filled = 0;
	while (mail->filled - mail->sent < RESULT_MESSAGE_BYTES &&
	       delivery_take_own(delivery, trusted, &record, &bytes)) {
		if (mail->filled + bytes > mail->room) {
			const size_t room = 2 * (mail->filled + bytes);
			unsigned char *grown = realloc(mail->text, room);
			if (!grown)
				return transfer_works(
				    delivery,
				    error_sys("cohort_scatter: realloc of %zu "
				              "bytes for results",
				              room));
			mail->text = grown;
			mail->room = room;
		}
		memcpy(mail->text + mail->filled, record, bytes);
		mail->filled += bytes;
	}
	return mail->filled > mail->sent;
}

static bool send_mail(struct delivery *delivery, const void *data, size_t bytes)
{
	struct world *world = world_of_delivery(delivery);
	bool sent = false;

	transfer_works(delivery,
	               world->result_transfer->send(world, data, bytes, &sent));
	delivery->mail->behind = !sent;
	delivery->mail->moved |= sent;
	return sent;
}

void delivery_mail_send(struct delivery *delivery, bool trusted)
{
	struct delivery_mail *mail = delivery->mail;

	delivery->tasks = 0;
	delivery->seconds = 0;
	while (delivery->mail_failed == COHORT_OK &&
	       fill_text(delivery, trusted)) {
		const size_t left = mail->filled - mail->sent;
		const size_t bytes =
		    left < RESULT_MESSAGE_BYTES ? left : RESULT_MESSAGE_BYTES;
		if (!send_mail(delivery, mail->text + mail->sent, bytes))
			return;
		mail->sent += bytes;
	}
}

/* ---- rank 0 ---- */

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

/* Nothing in the stream is needed any more. */
static void restart_if_read(const struct delivery *delivery,
                            struct delivery_stream *stream)
{
	if (delivery->reorder.count > 0 || stream->taken < stream->sent_bytes)
		return;
	stream->taken = 0;
	stream->sent_bytes = 0;
}

static bool receive_one(struct delivery *delivery)
{
	struct delivery_mail *mail = delivery->mail;
	struct world *world = world_of_delivery(delivery);
	size_t bytes = 0;
	int from = -1;

	if (!transfer_works(delivery,
	                    world->result_transfer->receive(
	                        world, &from, mail->message, &bytes)) ||
	    from < 0)
		return false;
	mail->moved = true;
	if (bytes == 0) {
		mail->rounds[from]++;
		return true;
	}
	restart_if_read(delivery, &delivery->streams[from]);
	if (append_mail(&delivery->streams[from], mail->message, bytes))
		return true;
	return transfer_works(delivery,
	                      error_sys("cohort_scatter: realloc for results"));
}

/* No more at once, so that results are handed over in between. */
static void receive_all_mail(struct delivery *delivery)
{
	for (int i = 0; i < MESSAGES_MOST && receive_one(delivery); i++)
		;
}

/* ---- the end of a round ---- */

/* True: this rank's part of the round is over. */
typedef bool (*round_step)(struct delivery *delivery);

/* While messages move, the next ones are not far. */
static void pause_mail(struct delivery_mail *mail)
{
	static const struct timespec pause = {0, PAUSE_NS};

	if (mail->moved)
		sched_yield();
	else
		nanosleep(&pause, NULL);
	mail->moved = false;
}

static void repeat_until_timeout(struct delivery *delivery, round_step step)
{
	const double timeout = delivery->run->group->timeout;
	const double end = clock_seconds() + timeout;

	while (!step(delivery) && delivery->mail_failed == COHORT_OK) {
		if (timeout > 0 && clock_seconds() > end)
			return;
		pause_mail(delivery->mail);
	}
}

static bool send_rest(struct delivery *delivery)
{
	delivery_mail_send(delivery, true);
	return !fill_text(delivery, true);
}

static bool send_end(struct delivery *delivery)
{
	return send_mail(delivery, NULL, 0);
}

static bool is_all_sent(struct delivery *delivery)
{
	struct world *world = world_of_delivery(delivery);
	bool idle = true;

	transfer_works(delivery, world->result_transfer->is_idle(world, &idle));
	return idle;
}

static bool receive_ends(struct delivery *delivery)
{
	const struct delivery_mail *mail = delivery->mail;

	delivery_poll(delivery, false);
	for (int r = 1; r < world_of_delivery(delivery)->size; r++)
		if (mail->rounds[r] < mail->ended)
			return false;
	return true;
}

void delivery_mail_end_round(struct delivery *delivery)
{
	if (world_of_delivery(delivery)->rank == 0) {
		delivery->mail->ended++;
		repeat_until_timeout(delivery, receive_ends);
		return;
	}
	repeat_until_timeout(delivery, send_rest);
	repeat_until_timeout(delivery, send_end);
	repeat_until_timeout(delivery, is_all_sent);
}

/* ---- from the beginning of a sweep to its end ---- */

void delivery_attend(struct delivery *delivery)
{
	if (world_of_delivery(delivery)->rank == 0)
		delivery_poll(delivery, false);
	else
		delivery_mail_send(delivery, false);
}

double delivery_nap(const struct delivery *delivery, double most)
{
	struct delivery_mail *mail = delivery ? delivery->mail : NULL;

	if (!mail)
		return most;
	const bool moved = mail->moved;
	mail->moved = false;
	if (moved)
		return 0;
	const bool looks =
	    world_of_delivery(delivery)->rank == 0 || mail->behind;
	return looks && most > ATTEND_SECONDS ? ATTEND_SECONDS : most;
}

static double attend_and_nap(void *arg)
{
	delivery_attend(arg);
	return delivery_nap(arg, IDLE_SECONDS);
}

cohort_status delivery_mail_open(struct delivery *delivery)
{
	struct world *world = world_of_delivery(delivery);
	struct delivery_mail *mail = calloc(1, sizeof(*mail));

	delivery->mail = mail;
	if (mail && world->rank == 0) {
		mail->message = malloc(RESULT_MESSAGE_BYTES);
		mail->rounds =
		    calloc((size_t)world->size, sizeof(*mail->rounds));
	}
	if (!mail || (world->rank == 0 && (!mail->message || !mail->rounds)))
		return error_sys("cohort_scatter: malloc for results");
	if (world->rank == 0)
		delivery->receive = receive_all_mail;
	world->attend = attend_and_nap;
	world->attend_arg = delivery;
	return COHORT_OK;
}

void delivery_mail_close(struct delivery *delivery)
{
	struct delivery_mail *mail = delivery->mail;

	if (!mail)
		return;
	world_of_delivery(delivery)->attend = NULL;
	free(mail->text);
	free(mail->message);
	free(mail->rounds);
	free(mail);
	delivery->mail = NULL;
}
