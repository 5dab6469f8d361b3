#define _POSIX_C_SOURCE 200809L
#include "delivery_mail.h"

#include "common/base/clock.h"
#include "delivery_sleep.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	PAUSE_NS = 200 * 1000, /* between two looks for messages */
	MESSAGES_MOST = 256,   /* received at once */
	/* A message begins with the number of its sweep. */
	NUMBER_BYTES = sizeof(uint64_t),
	RECORDS_MOST = RESULT_MESSAGE_BYTES - NUMBER_BYTES
};

/* Rank 0 tells the others at least so often that it goes on, or 4 times in a
 * timeout. */
#define TELL_SECONDS 1.0

/* So long after the last message, rank 0 expects more. */
#define QUIET_SECONDS 0.1

/* How long a rank may sleep otherwise while it has messages to look for. */
#define ATTEND_SECONDS 0.3e-3
#define IDLE_SECONDS 1.0

/* In struct delivery. */
struct delivery_mail {
	unsigned char message[RESULT_MESSAGE_BYTES];
	bool moved;     /* a message or a result, since the last pause */
	bool broken;    /* no message can be sent or received any more */
	uint64_t ended; /* rounds of the sweep, on this rank */
	/* On other ranks than 0: the rest of a record, to be sent. */
	unsigned char *text;
	size_t room;
	size_t filled;
	size_t sent;
	bool behind;    /* rank 0 did not keep up at the last attempt */
	uint64_t heard; /* messages from rank 0 */
	/* On rank 0: */
	uint64_t *rounds; /* that each rank has ended */
	double received;  /* when the last message came */
	double told;      /* when it told the others that it goes on */
	void (*looked)(struct sweep_run *run); /* see delivery_mail_end_round */
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
static void note_failure(struct delivery *delivery, cohort_status status)
{
	if (delivery->mail_failed != COHORT_OK)
		return;
	delivery->mail_failed = status;
	memcpy(delivery->mail_sentence, cohort_error(), ERROR_BYTES);
}

static bool transfer_works(struct delivery *delivery, cohort_status status)
{
	if (status != COHORT_OK) {
		delivery->mail->broken = true;
		note_failure(delivery, status);
	}
	return !delivery->mail->broken;
}

/* ---- other ranks than 0 ---- */

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

/* Take finished records until a message is full. */
static bool fill_text(struct delivery *delivery, bool trusted)
{
	struct delivery_mail *mail = delivery->mail;
	const void *record;
	size_t bytes;

	while (mail->filled - mail->sent < RECORDS_MOST &&
	       delivery_take_own(delivery, trusted, &record, &bytes)) {
		if (!reserve_text(mail, bytes)) {
			note_failure(delivery,
			             error_sys("cohort_scatter: realloc for a "
			                       "result of %zu bytes",
			                       bytes));
			return false;
		}
		memcpy(mail->text + mail->filled, record, bytes);
		mail->filled += bytes;
	}
	return mail->filled > mail->sent;
}

static bool send_mail(struct delivery *delivery, const void *data, size_t bytes)
{
	struct world *world = world_of_delivery(delivery);
	struct delivery_mail *mail = delivery->mail;
	const uint64_t number = delivery->run->number;
	bool sent = false;

	memcpy(mail->message, &number, NUMBER_BYTES);
	if (bytes > 0)
		memcpy(mail->message + NUMBER_BYTES, data, bytes);
	transfer_works(delivery,
	               world->result_transfer->send(
	                   world, mail->message, NUMBER_BYTES + bytes, &sent));
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
	       fill_text(delivery, trusted)) {
		const size_t left = mail->filled - mail->sent;
		const size_t bytes = left < RECORDS_MOST ? left : RECORDS_MOST;
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
	note_failure(delivery,
	             error_sys("cohort_scatter: realloc for results"));
	delivery_lack_memory(delivery);
}

static bool receive_one(struct delivery *delivery)
{
	struct delivery_mail *mail = delivery->mail;
	struct world *world = world_of_delivery(delivery);
	uint64_t number = 0;
	size_t bytes = 0;
	int from = -1;

	if (!transfer_works(delivery,
	                    world->result_transfer->receive(
	                        world, &from, mail->message, &bytes)) ||
	    from < 0)
		return false;
	mail->moved = true;
	mail->received = clock_seconds();
	memcpy(&number, mail->message, NUMBER_BYTES);
	if (number != delivery->run->number)
		return true;
	if (bytes > NUMBER_BYTES)
		keep_mail(delivery, &delivery->streams[from],
		          mail->message + NUMBER_BYTES, bytes - NUMBER_BYTES);
	else
		mail->rounds[from]++;
	return true;
}

bool delivery_mail_comes(const struct delivery *delivery)
{
	const struct delivery_mail *mail = delivery->mail;

	return mail && clock_seconds() < mail->received + QUIET_SECONDS;
}

/* No more at once, so that results are handed over in between. */
static void receive_all_mail(struct delivery *delivery)
{
	for (int i = 0; i < MESSAGES_MOST && receive_one(delivery); i++)
		;
}

static void tell(struct delivery *delivery, uint64_t word)
{
	struct world *world = world_of_delivery(delivery);

	delivery->mail->told = clock_seconds();
	transfer_works(delivery, world->result_transfer->tell(world, word));
}

/* After each call of on_result: tell the ranks that wait, now and then, that
 * rank 0 goes on. */
static void tell_of_call(struct delivery *delivery)
{
	const double timeout = delivery->run->group->timeout;
	const double pause = timeout > 0 && timeout < 4 * TELL_SECONDS
	                         ? timeout / 4
	                         : TELL_SECONDS;

	delivery->mail->moved = true;
	if (clock_seconds() > delivery->mail->told + pause)
		tell(delivery, 0);
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

static void time_out(struct delivery *delivery)
{
	const int rank = world_of_delivery(delivery)->rank;

	delivery->mail->broken = true;
	note_failure(
	    delivery,
	    error_set(COHORT_ETIMEOUT,
	              "cohort_scatter: rank %d waited for %s, and nothing came "
	              "within the timeout of %g s: see what holds %s up, or "
	              "set a longer timeout",
	              rank,
	              rank == 0 ? "the other ranks' results"
	                        : "rank 0 to take its results",
	              delivery->run->group->timeout,
	              rank == 0 ? "their tasks" : "on_result"));
}

/* The timeout counts from the last message or result. */
static void repeat_until_timeout(struct delivery *delivery, round_step step)
{
	const double timeout = delivery->run->group->timeout;
	struct delivery_mail *mail = delivery->mail;
	double end = clock_seconds() + timeout;

	while (!mail->broken && !step(delivery)) {
		if (mail->moved)
			end = clock_seconds() + timeout;
		else if (timeout > 0 && clock_seconds() > end)
			time_out(delivery);
		pause_mail(mail);
	}
}

/* The word by which rank 0 tells the end of this round. */
static uint64_t end_word(const struct delivery *delivery)
{
	return delivery->run->number << 16 | (delivery->mail->ended & 0xffff);
}

static bool hear_end(struct delivery *delivery)
{
	struct world *world = world_of_delivery(delivery);
	struct delivery_mail *mail = delivery->mail;
	uint64_t word = 0;
	uint64_t heard = mail->heard;

	transfer_works(delivery,
	               world->result_transfer->hear(world, &word, &heard));
	mail->moved |= heard != mail->heard;
	mail->heard = heard;
	return word == end_word(delivery);
}

static bool send_rest(struct delivery *delivery)
{
	delivery_mail_send(delivery, true);
	hear_end(delivery);
	return delivery->mail_failed != COHORT_OK || !fill_text(delivery, true);
}

static bool send_end(struct delivery *delivery)
{
	hear_end(delivery);
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
	mail->looked(delivery->run);
	for (int r = 1; r < world_of_delivery(delivery)->size; r++)
		if (mail->rounds[r] < mail->ended)
			return false;
	return true;
}

void delivery_mail_end_round(struct delivery *delivery,
                             void (*looked)(struct sweep_run *run))
{
	const struct world *world = world_of_delivery(delivery);

	delivery->mail->ended++;
	delivery->mail->looked = looked;
	if (world->rank == 0) {
		repeat_until_timeout(delivery, receive_ends);
		delivery_poll(delivery, !delivery_world_failed(world));
		tell(delivery, end_word(delivery));
		return;
	}
	repeat_until_timeout(delivery, send_rest);
	repeat_until_timeout(delivery, send_end);
	repeat_until_timeout(delivery, hear_end);
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
	if (mail && world->rank == 0)
		mail->rounds =
		    calloc((size_t)world->size, sizeof(*mail->rounds));
	if (!mail || (world->rank == 0 && !mail->rounds))
		return error_sys("cohort_scatter: calloc for results");
	const cohort_status status = world->result_transfer->open(world);
	if (status != COHORT_OK)
		return status;
	if (world->rank == 0) {
		delivery->receive = receive_all_mail;
		delivery->called = tell_of_call;
	}
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
	free(mail->rounds);
	free(mail);
	delivery->mail = NULL;
}
