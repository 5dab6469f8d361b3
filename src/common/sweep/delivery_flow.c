#include "delivery_flow.h"

#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"
#include "deadline_stop.h"
#include "delivery.h"
#include "delivery_file.h"
#include "delivery_file_offer.h"
#include "delivery_mail_flow.h"
#include "delivery_mail_send.h"
#include "delivery_patience.h"
#include "delivery_sleep.h"
#include "delivery_stream.h"
#include "survivors.h"
#include "sweep_stop.h"

enum {
	/* Of all halves together, and of one. Rank 0 maps them all. */
	ALL_SEGMENTS = 32 << 20,
	SEGMENT_MOST = 4 << 20,
	SEGMENT_LEAST = 64 << 10
};

size_t delivery_segment(int ranks)
{
	const size_t share = (size_t)ALL_SEGMENTS / (size_t)ranks;

	return share > SEGMENT_MOST    ? SEGMENT_MOST
	       : share < SEGMENT_LEAST ? SEGMENT_LEAST
	                               : share;
}

static bool is_full(const struct sweep_run *run)
{
	return run->sweep->store.used >= run->delivery->segment;
}

/* `most`: bytes that may be held. */
static bool is_ahead(const struct sweep_run *run, size_t index, uint64_t most)
{
	const struct world *world = run->group->world;

	if (!run->job->ordered)
		return false;
	if (run->delivery->mail && world->rank != 0)
		return index >= atomic_load(&delivery_own_state(run)->limit);
	return atomic_load(&world->states->held) >= most &&
	       index >= atomic_load(&world->states->limit);
}

bool delivery_blocks(const struct sweep_run *run, size_t index)
{
	return run->delivery->discards &&
	       (is_full(run) || is_ahead(run, index, HELD_MOST));
}

/* All records of this rank have been sent or read, or handed over on rank 0,
 * and it need not go back in this half. */
static bool all_is_taken(struct sweep_run *run)
{
	const struct world *world = run->group->world;
	const struct result_store *store = &run->sweep->store;

	if (world->rank == 0)
		delivery_poll_rank(run->delivery, 0, true);
	else
		delivery_follow_children(run->delivery, world->rank);
	if (world->rank > 0 && delivery_file_state(run) != RANK_FILE_NONE)
		return delivery_file_is_read(run);
	return run->delivery->streams[world->rank].taken >=
	       result_store_place(store, store->used);
}

/* If rank 0 has taken all records of the other half, go on there. */
static void turn_if_free(struct sweep_run *run)
{
	struct result_store *store = &run->sweep->store;
	struct rank_state *state = delivery_own_state(run);
	const struct world *world = run->group->world;
	const uint64_t turns = store->turns;

	if (run->delivery->mail && world->rank != 0)
		delivery_mail_send(run->delivery, true);
	if (run->delivery->mail && !all_is_taken(run))
		return;
	if (world->rank == 0)
		delivery_poll_rank(run->delivery, 0, true);
	else if (!run->delivery->mail &&
	         atomic_load(&state->taken) < turns * store->half)
		return;
	atomic_store(&state->ends[turns % 2],
	             result_store_place(store, store->used));
	atomic_store(&state->turns, turns + 1);
	result_store_turn(store);
	atomic_store(&world->stats->ranks[world->stats_index].shown,
	             result_store_place(store, 0));
	if (world->rank == 0 || run->delivery->mail)
		run->delivery->streams[world->rank].taken =
		    result_store_place(store, 0);
}

bool delivery_gave_up(const struct sweep_run *run)
{
	const struct world *world = run->group->world;
	const struct delivery_mail *mail = run->delivery->mail;

	return delivery_round_of(run) ==
	       (mail && world->rank != 0
	            ? mail->news.given_up
	            : atomic_load(&world->states->given_up));
}

/* Looks after the tickets of other machines' ranks, too, in a world with
 * messages. */
static bool must_give_up(const struct sweep_run *run)
{
	struct world *world = run->group->world;
	const struct delivery *delivery = run->delivery;

	return sweep_stop(run) || delivery->mail_failed != COHORT_OK ||
	       (run->has_deadline && deadline_stop_forbids(run)) ||
	       delivery_gave_up(run) ||
	       (delivery->mail &&
	        world->result_transfer->attend(world) != COHORT_OK) ||
	       (delivery_world_failed(world) && !survivors_remain(run->group));
}

/* Whether the rank is still held up, after what can be done about it. */
static bool is_held_up(struct sweep_run *run, size_t index)
{
	if (is_full(run))
		turn_if_free(run);
	/* Half of it, so that ranks do not stop after each task. */
	return is_full(run) || is_ahead(run, index, HELD_MOST / 2);
}

static bool wait_as_root(struct sweep_run *run, size_t index)
{
	bool held_up = true;
	struct patience patience = {0};

	while (held_up && !must_give_up(run) && !delivery_lost_ranks(run) &&
	       !delivery_patience_ends(run, &patience)) {
		delivery_before_sleep(run);
		delivery_poll(run->delivery, false);
		held_up = is_held_up(run, index);
		if (held_up) {
			delivery_give_up(run);
			delivery_sleep(run);
		}
		delivery_after_sleep(run);
	}
	return !held_up;
}

static bool wait_as_peer(struct sweep_run *run, size_t index)
{
	struct patience patience = {0};

	for (;;) {
		const uint32_t room = delivery_begin_wait(run);
		if (run->delivery->mail)
			delivery_mail_send(run->delivery, true);
		const bool held_up = is_held_up(run, index);
		if (run->delivery->mail && held_up && !is_full(run))
			mail_flow_say(run->delivery, index + 1);
		const bool leaves =
		    held_up && (must_give_up(run) ||
		                delivery_patience_ends(run, &patience));
		if (held_up && !leaves)
			delivery_wait(run, room);
		delivery_end_wait(run);
		if (!held_up || leaves)
			return !held_up;
	}
}

bool delivery_await_room(struct sweep_run *run, size_t index)
{
	const struct world *world = run->group->world;
	struct rank_state *state = delivery_own_state(run);

	if (world->rank == 0)
		return wait_as_root(run, index);
	atomic_store(&state->blocked, index + 1);
	const bool goes_on = wait_as_peer(run, index);
	atomic_store(&state->blocked, 0);
	return goes_on;
}

/* Whether no other rank can bring the result that is awaited next. */
static bool all_are_held_up(const struct sweep_run *run)
{
	const struct world *world = run->group->world;
	const uint64_t limit = atomic_load(&world->states->limit);

	if (run->delivery->mail)
		return mail_flow_all_held_up(run->delivery) &&
		       !delivery_file_is_behind(run->delivery);
	for (int r = 1; r < world->size; r++) {
		const struct rank_state *state = &world->states->ranks[r];
		const uint64_t blocked = atomic_load(&state->blocked);
		const bool ended =
		    atomic_load(&state->ended) == delivery_round_of(run);
		if (!ended && (blocked == 0 || blocked - 1 < limit))
			return false;
	}
	return true;
}

void delivery_give_up(struct sweep_run *run)
{
	struct rank_states *states = run->group->world->states;
	struct delivery *delivery = run->delivery;

	if (!delivery->discards || !run->job->ordered ||
	    delivery->held < HELD_MOST / 2 || delivery_gave_up(run) ||
	    delivery_world_failed(run->group->world) || !all_are_held_up(run))
		return;
	const size_t arrived = delivery->arrived_count;
	delivery_poll(delivery, false);
	if (delivery->arrived_count != arrived || !all_are_held_up(run))
		return;
	atomic_store(&states->given_up, delivery_round_of(run));
	if (delivery->mail)
		mail_flow_give_up(delivery, delivery_round_of(run));
	delivery_wake_waiting(run);
}
