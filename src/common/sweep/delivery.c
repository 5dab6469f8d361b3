/* Rank 0's part: take records from the streams of all ranks. */
#include "delivery.h"

#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"
#include "delivery_call.h"
#include "delivery_file.h"
#include "delivery_halt.h"
#include "delivery_order.h"
#include "delivery_resumed.h"
#include "delivery_sleep.h"
#include "delivery_stream.h"

/* Returns whether it has taken a record. */
static bool take_all(struct delivery *delivery, int r, bool trusted)
{
	struct delivery_stream *stream = &delivery->streams[r];
	struct taken_record taken;
	bool found = false;

	const struct readable readable = delivery_read(delivery, r);
	while (delivery_take(delivery, r, readable, stream->taken, trusted,
	                     &taken)) {
		const struct reorder_item item = {
		    .index = taken.record->index,
		    .place = stream->taken,
		    .end = taken.next,
		    .rank = r,
		};
		stream->taken = taken.next;
		delivery->taken++;
		delivery_arrive(delivery, item, &taken);
		found = true;
	}
	return found;
}

/* Publish how far rank 0 is, so that ranks go on. */
static void tell_progress(struct delivery *delivery)
{
	const struct world *world = delivery->run->group->world;
	struct rank_states *states = world->states;

	for (int r = 0; world->result_event && r < world->size; r++) {
		_Atomic uint64_t *taken = &states->ranks[r].taken;
		if (atomic_load(taken) != delivery->streams[r].taken)
			atomic_store(taken, delivery->streams[r].taken);
	}
	delivery->limit = delivery_find_limit(delivery);
	atomic_store(&states->limit, delivery->limit);
	atomic_store(&states->held, delivery->held);
	if (delivery->looked)
		delivery->looked(delivery);
	delivery_wake_waiting(delivery->run);
}

bool delivery_take_own(struct delivery *delivery, bool trusted,
                       const void **record, size_t *bytes)
{
	const int r = delivery->run->group->world->rank;
	struct delivery_stream *stream = &delivery->streams[r];
	struct taken_record taken;

	delivery_follow_children(delivery, r);
	if (!delivery_take(delivery, r, delivery_read(delivery, r),
	                   stream->taken, trusted, &taken))
		return false;
	*record = taken.record;
	*bytes = (size_t)(taken.next - stream->taken);
	stream->taken = taken.next;
	return true;
}

/* How far the records go that rank 0 reads where they are; NULL: they were
 * sent. */
static _Atomic uint64_t *shown_word(const struct delivery *delivery, int r)
{
	const struct world *world = delivery->run->group->world;

	if (r == world->rank)
		r = world->stats_index;
	else if (!world->result_event)
		return NULL;
	return &world->stats->ranks[r].shown;
}

/* The rank rests. A child of another one may have overwritten how far its
 * records go. */
static void restore_shown(const struct delivery *delivery, int r,
                          _Atomic uint64_t *shown)
{
	const struct world *world = delivery->run->group->world;
	const struct result_store *store = &delivery->run->sweep->store;

	atomic_store(shown,
	             r == world->rank
	                 ? result_store_place(store, store->used)
	                 : atomic_load(&world->states->ranks[r].rested_at));
}

void delivery_poll_rank(struct delivery *delivery, int r, bool trusted)
{
	_Atomic uint64_t *shown = shown_word(delivery, r);

	if (trusted && shown)
		restore_shown(delivery, r, shown);
	delivery_follow_children(delivery, r);
	/* One look opens not all of many records, and only one half. What is
	 * shown meanwhile has time: other ranks' results wait. */
	const uint64_t end = shown ? atomic_load(shown) : 0;
	while (take_all(delivery, r, trusted) &&
	       delivery->streams[r].taken < end)
		;
}

void delivery_poll(struct delivery *delivery, bool trusted)
{
	const int size = delivery->run->group->world->size;

	delivery->tasks = 0;
	delivery->seconds = 0;
	if (delivery->receive)
		delivery->receive(delivery);
	for (int r = 0; r < size; r++)
		delivery_poll_rank(delivery, r, trusted);
	if (delivery->discards)
		tell_progress(delivery);
}

void delivery_take_kept(struct sweep_run *run)
{
	struct delivery *delivery = run->delivery;
	const struct world *world = run->group->world;

	if (!delivery)
		return;
	for (int r = 0; r < world->size; r++) {
		struct rank_counters *counters = &world->stats->ranks[r];
		const bool is_dead =
		    r != world->rank && world->survival->is_dead(world, r);
		if (is_dead && !delivery->discards)
			atomic_store(&counters->shown,
			             atomic_load(&counters->stored));
		/* A dead rank has not checked its child's last records. */
		delivery_poll_rank(delivery, r, !is_dead);
	}
	if (delivery->discards)
		tell_progress(delivery);
}

/* A journal_take. */
static cohort_status take_resumed(void *arg, const struct journal_record *from)
{
	struct delivery *delivery = arg;
	struct taken_record taken;
	const cohort_status status =
	    delivery_resumed_copy(delivery, from, &taken);

	if (status != COHORT_OK)
		return status;
	delivery_note_arrival(delivery, (size_t)from->index);
	delivery_hand_over(delivery, &taken);
	return COHORT_OK;
}

/* In order, they are read when it is their turn. */
static void begin_resumed(struct delivery *delivery)
{
	const struct sweep_run *run = delivery->run;

	if (!run->job->ordered) {
		if (!delivery_resumed_pass(delivery, take_resumed))
			delivery_halt(delivery);
		return;
	}
	if (!delivery_resumed_locate(delivery)) {
		delivery_halt(delivery);
		return;
	}
	for (size_t i = 0; i < run->sweep->count; i++)
		if (delivery_resumed_has(delivery, i))
			delivery_note_arrival(delivery, i);
	delivery_hand_over_next(delivery);
}

void delivery_begin(struct sweep_run *run)
{
	struct delivery *delivery = run->delivery;

	if (!delivery || !delivery->arrived)
		return;
	if (delivery->mail)
		delivery_file_open(delivery);
	if (run->checkpoint.reading && run->resumed > 0)
		begin_resumed(delivery);
	checkpoint_end_reading(&run->checkpoint);
	delivery_poll_rank(delivery, run->group->world->rank, true);
}
