#define _POSIX_C_SOURCE 200809L
#include "delivery_mail.h"

#include "common/base/time_limit.h"
#include "common/base/wait_hook.h"
#include "delivery_file.h"
#include "delivery_file_offer.h"
#include "delivery_mail_flow.h"
#include "delivery_mail_receive.h"
#include "delivery_mail_send.h"
#include "delivery_sleep.h"

#include <stdlib.h>
#include <time.h>

enum { PAUSE_NS = 200 * 1000 /* between two looks for messages */ };

/* How long a rank may sleep otherwise while it has messages to look for. */
#define ATTEND_SECONDS 0.3e-3
#define IDLE_SECONDS 1.0

bool delivery_mail_is_used(const struct sweep_run *run)
{
	return run->group->world->result_transfer != NULL;
}

/* ---- the end of a round ---- */

/* True: this rank's part of the round is over. */
typedef bool (*round_step)(struct delivery *delivery);

/* While messages move, the next ones are not far. To yield the core could take
 * longer than to sleep, if other programs want it. */
static void pause_mail(struct delivery_mail *mail)
{
	static const struct timespec pause = {0, PAUSE_NS};

	wait_hook_call();
	if (!mail->moved)
		nanosleep(&pause, NULL);
	mail->moved = false;
}

/* The timeout counts from the last message or result. */
static void repeat_until_timeout(struct delivery *delivery, round_step step)
{
	const double timeout = delivery->run->group->timeout;
	struct delivery_mail *mail = delivery->mail;
	struct time_limit limit = time_limit_in(timeout);

	while (!mail->broken && !step(delivery)) {
		if (mail->moved)
			limit = time_limit_in(timeout);
		else if (time_limit_passed(&limit))
			mail_time_out(delivery);
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
	mail_hear(delivery);
	return delivery->mail->news.round == end_word(delivery);
}

/* What rank 0 reads in files, it reads before it ends the round. */
static bool send_rest(struct delivery *delivery)
{
	delivery_mail_send(delivery, true);
	hear_end(delivery);
	return delivery->mail_failed != COHORT_OK ||
	       delivery_file_state(delivery->run) == RANK_FILE_READ ||
	       !mail_has_rest(delivery, true);
}

static bool send_end(struct delivery *delivery)
{
	hear_end(delivery);
	return mail_send_message(delivery, MAIL_ROUND_END, NULL, 0);
}

static bool is_all_sent(struct delivery *delivery)
{
	struct world *world = mail_world(delivery);
	bool idle = true;

	mail_transfer_works(delivery,
	                    world->result_transfer->is_idle(world, &idle));
	return idle;
}

static bool receive_ends(struct delivery *delivery)
{
	const struct delivery_mail *mail = delivery->mail;

	delivery_poll(delivery, false);
	if (mail->looked)
		mail->looked(delivery->run);
	for (int r = 1; r < mail_world(delivery)->size; r++)
		if (mail->peers[r].rounds < mail->ended)
			return false;
	return !delivery_file_is_behind(delivery);
}

static void end_as_root(struct delivery *delivery)
{
	repeat_until_timeout(delivery, receive_ends);
	delivery_poll(delivery, !delivery_world_failed(mail_world(delivery)));
	delivery->mail->round = end_word(delivery);
	mail_tell(delivery);
}

void delivery_mail_end_round(struct delivery *delivery)
{
	delivery->mail->ended++;
	if (mail_world(delivery)->rank == 0) {
		end_as_root(delivery);
	} else {
		repeat_until_timeout(delivery, send_rest);
		repeat_until_timeout(delivery, send_end);
		repeat_until_timeout(delivery, hear_end);
		repeat_until_timeout(delivery, is_all_sent);
	}
	mail_flow_end_round(delivery);
}

void delivery_mail_leave(struct delivery *delivery,
                         void (*looked)(struct sweep_run *run))
{
	delivery->mail->left = true;
	delivery->mail->looked = looked;
	delivery_attend(delivery);
}

/* ---- from the beginning of a sweep to its end ---- */

static void attend_as_root(struct delivery *delivery)
{
	const struct delivery_mail *mail = delivery->mail;

	delivery_poll(delivery, false);
	if (mail && mail->left && mail->looked)
		mail->looked(delivery->run);
}

/* MPI may send the last messages only while the rank calls it. */
static bool is_sending(struct delivery *delivery)
{
	struct world *world = mail_world(delivery);
	bool sending = false;

	mail_transfer_works(
	    delivery, world->result_transfer->is_sending(world, &sending));
	return sending;
}

/* A rank that runs no more tasks has no child. */
static void attend_as_peer(struct delivery *delivery)
{
	const bool left = delivery->mail->left;

	delivery_mail_send(delivery, left);
	delivery->mail->sending = is_sending(delivery);
	if (left)
		mail_flow_say(delivery, MAIL_HAS_LEFT);
}

void delivery_attend(struct delivery *delivery)
{
	if (mail_world(delivery)->rank == 0)
		attend_as_root(delivery);
	else
		attend_as_peer(delivery);
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
	    mail_world(delivery)->rank == 0 || mail->behind || mail->sending;
	return looks && most > ATTEND_SECONDS ? ATTEND_SECONDS : most;
}

static double attend_and_nap(void *arg)
{
	delivery_attend(arg);
	return delivery_nap(arg, IDLE_SECONDS);
}

/* After each look at the streams of a sweep that releases its results. Results
 * that wait for their turn are signs of life too. */
static void tell_what_is_new(struct delivery *delivery)
{
	struct delivery_mail *mail = delivery->mail;

	mail_flow_tell(delivery);
	if (delivery->arrived_count != mail->told_of)
		mail_tell_of_progress(delivery);
	mail->told_of = delivery->arrived_count;
}

static void receive(struct delivery *delivery)
{
	delivery_file_read(delivery);
	mail_receive_all(delivery);
}

cohort_status delivery_mail_open(struct delivery *delivery)
{
	struct world *world = mail_world(delivery);
	struct delivery_mail *mail = calloc(1, sizeof(*mail));

	delivery->mail = mail;
	if (mail && world->rank == 0)
		mail->peers = calloc((size_t)world->size, sizeof(*mail->peers));
	if (!mail || (world->rank == 0 && !mail->peers))
		return error_sys("cohort_scatter: calloc for results");
	const cohort_status status = world->result_transfer->open(world);
	if (status != COHORT_OK)
		return status;
	if (world->rank == 0) {
		delivery->receive = receive;
		delivery->looked = tell_what_is_new;
		delivery->called = mail_tell_of_progress;
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
	mail_world(delivery)->attend = NULL;
	delivery_file_close(delivery);
	free(mail->text);
	free(mail->peers);
	free(mail);
	delivery->mail = NULL;
}
