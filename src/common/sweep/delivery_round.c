#define _POSIX_C_SOURCE 200809L
#include "delivery_round.h"

#include "common/base/plural.h"
#include "common/base/time_limit.h"
#include "delivery.h"
#include "delivery_flow.h"
#include "delivery_mail.h"
#include "delivery_mail_send.h"
#include "delivery_patience.h"
#include "delivery_sleep.h"

#include <errno.h>

enum {
	/* Short tasks between two messages, or of rank 0 between two looks at
	 * the streams of the others: each look reads a cache line of each rank,
	 * and may open its file. */
	TASKS_MOST = 16
};

/* That these tasks may take: some ten times what a message or a look at a file
 * takes, and some five times what a look at a cache line takes, for each. */
#define TASKS_SECONDS 20e-6
#define TASKS_SECONDS_A_RANK 0.5e-6

static uint64_t end_of_store(const struct sweep_run *run)
{
	return result_store_place(&run->sweep->store, run->sweep->store.used);
}

/* No child writes before the end of the one before it: so the first end that
 * the reader has not seen stands for those that follow. */
static void note_rewind(struct rank_state *state, uint64_t end)
{
	if (atomic_load(&state->reread_from) == UINT64_MAX)
		atomic_store(&state->reread_from, end);
}

void delivery_note_child(struct sweep_run *run, uint64_t key)
{
	struct rank_state *state = delivery_own_state(run);
	const uint64_t end = end_of_store(run);

	if (run->delivery)
		run->sweep->store.key = key;
	/* Should this rank die, the others check its records with them. */
	atomic_store(&state->key, run->first_key);
	atomic_store(&state->child_from, end);
	atomic_store(&state->children, run->children);
}

void delivery_note_child_end(struct sweep_run *run, size_t bytes)
{
	const uint64_t end = result_store_place(&run->sweep->store, bytes);

	if (!run->delivery)
		return;
	atomic_store(&delivery_own_counters(run)->shown, end);
	note_rewind(delivery_own_state(run), end);
}

/* Sequentially consistent: either rank 0, which is about to sleep, sees the
 * record, or this process sees that it sleeps. */
static void show(const struct sweep_run *run, uint64_t bytes)
{
	atomic_store(&delivery_own_counters(run)->shown, bytes);
	if (run->delivery->event >= 0)
		delivery_wake_root(run);
}

/* After a long task, or after some short ones. The task that comes may be a
 * long one, for which the results of others that are there now wait. */
static bool is_turn(struct delivery *delivery, double seconds)
{
	const struct world *world = delivery->run->group->world;
	const double most = world->result_event
	                        ? TASKS_SECONDS_A_RANK * world->size
	                        : TASKS_SECONDS;

	delivery->seconds += seconds;
	return ++delivery->tasks >= TASKS_MOST || delivery->seconds > most;
}

void delivery_task_done(struct sweep_run *run, bool in_child, size_t bytes,
                        double seconds)
{
	struct delivery *delivery = run->delivery;
	const uint64_t place = result_store_place(&run->sweep->store, bytes);

	if (in_child || run->group->world->rank != 0) {
		/* A child that runs singly leaves it to its rank, which first
		 * decides about the task. */
		if (!in_child || !run->singly)
			show(run, place);
		if (!in_child && delivery->mail && is_turn(delivery, seconds))
			delivery_mail_send(delivery, false);
		return;
	}
	atomic_store_explicit(&delivery_own_counters(run)->shown, place,
	                      memory_order_relaxed);
	if (is_turn(delivery, seconds))
		delivery_poll(delivery, false);
	else
		delivery_poll_rank(delivery, 0, false);
}

void delivery_show_all(struct sweep_run *run)
{
	if (run->delivery)
		show(run, end_of_store(run));
}

static bool all_have_ended(const struct sweep_run *run)
{
	const struct world *world = run->group->world;

	for (int r = 0; r < world->size; r++)
		if (r != world->rank &&
		    atomic_load(&world->states->ranks[r].ended) !=
		        delivery_round_of(run))
			return false;
	return true;
}

/* Hand over what is there. Returns whether on_result was called. */
static bool hand_over(struct sweep_run *run)
{
	const _Atomic uint64_t *delivered =
	    &run->group->world->states->delivered;
	const uint64_t before = atomic_load(delivered);

	delivery_poll(run->delivery, false);
	return atomic_load(delivered) != before;
}

/* Rank 0 waits for the other ranks here, and not in the exchange of statuses
 * that follows, where it could not hand over results. The timeout counts from
 * the last result. */
static void await_others(struct sweep_run *run)
{
	const struct world *world = run->group->world;
	const double timeout = run->group->timeout;
	struct time_limit limit = time_limit_in(timeout);

	while (!delivery_world_failed(world) && !delivery_lost_ranks(run)) {
		delivery_before_sleep(run);
		if (hand_over(run))
			limit = time_limit_in(timeout);
		delivery_give_up(run);
		const bool ended = all_have_ended(run);
		if (!ended && !time_limit_passed(&limit))
			delivery_sleep(run);
		delivery_after_sleep(run);
		if (ended || time_limit_passed(&limit))
			return;
	}
}

void delivery_leave(struct sweep_run *run)
{
	if (run->delivery && run->delivery->mail)
		delivery_mail_leave(run->delivery, delivery_give_up);
}

void delivery_end_round(struct sweep_run *run)
{
	if (!run->delivery)
		return;
	atomic_store(&delivery_own_counters(run)->shown, end_of_store(run));
	atomic_store(&delivery_own_state(run)->ended, delivery_round_of(run));
	if (run->delivery->event >= 0)
		delivery_wake_root(run);
	if (run->delivery->mail)
		delivery_mail_end_round(run->delivery);
	if (run->group->world->rank != 0)
		return;
	if (run->group->world->result_event && !delivery_is_late(run))
		await_others(run);
	delivery_poll(run->delivery, !delivery_world_failed(run->group->world));
}

cohort_status delivery_status(const struct sweep_run *run)
{
	const struct delivery *delivery = run->delivery;

	if (delivery && delivery->mail_failed)
		return error_set(delivery->mail_failed, "%s",
		                 delivery->mail_sentence);
	if (delivery && delivery->unread)
		return error_set(delivery->unread, "%s",
		                 delivery->unread_sentence);
	if (!delivery || !delivery->halted)
		return COHORT_OK;
	errno = delivery->lack_error;
	if (delivery->lack)
		return error_sys(
		    "cohort_scatter: rank %d has no memory to %s (%zu result%s "
		    "wait%s for their turn)",
		    run->group->world->rank, delivery->lack,
		    delivery->reorder.count, plural(delivery->reorder.count),
		    delivery->reorder.count == 1 ? "s" : "");
	return error_set(COHORT_ESTOPPED,
	                 "cohort_scatter: on_result returned %d for task %zu, "
	                 "and stopped the sweep",
	                 delivery->returned, delivery->stopper);
}
