/* Rank 0's part: take records from the streams of all ranks, and call
 * on_result. */
#include "delivery.h"

#include "callback.h"
#include "common/base/bit_set.h"
#include "common/base/rank_states.h"
#include "common/base/stop_word.h"
#include "common/base/worker_stats.h"
#include "delivery_resumed.h"
#include "delivery_sleep.h"
#include "delivery_stream.h"
#include "index_digest.h"

#include <stdlib.h>
#include <string.h>

enum {
	ITEM_BYTES = 64, /* of the heap's and malloc's, about */
	/* Of results that may come before the awaited one while there is no
	 * room for more. */
	AHEAD_BYTES = 4 << 20
};

static void halt(struct delivery *delivery)
{
	const struct sweep_run *run = delivery->run;

	delivery->halted = true;
	stop_word_write(&run->group->world->states->stop,
	                stop_word_of_call(run->number, STOP_BY_RESULT));
}

void delivery_lack_memory(struct delivery *delivery)
{
	delivery->no_memory = true;
	halt(delivery);
}

/* cohort_gather gets this result, although the others are released. */
static void keep(struct delivery *delivery, const struct taken_record *taken)
{
	struct result_store *kept = &delivery->kept;
	struct record record = *taken->record;
	const size_t bytes = (size_t)record.bytes;
	void *data = result_store_result(kept, bytes);

	record.seal = 0;
	if (data)
		memcpy(data, taken->data, bytes);
	if ((bytes > 0 && !data) ||
	    result_store_add(kept, &record,
	                     record.error_bytes ? taken->error : NULL) !=
	        COHORT_OK)
		delivery_lack_memory(delivery);
}

static void call_on_result(struct delivery *delivery,
                           const struct taken_record *taken)
{
	const struct sweep_run *run = delivery->run;
	const struct record *record = taken->record;
	const size_t index = (size_t)record->index;
	size_t param_bytes;
	const void *param = sweep_param(run->sweep, index, &param_bytes);
	const cohort_result result = {
	    .index = index,
	    .rank = record->rank,
	    .status = (cohort_status)record->status,
	    .error = taken->error,
	    .param = param,
	    .param_bytes = param_bytes,
	    .data = taken->data,
	    .bytes = (size_t)record->bytes,
	    .seconds = record->seconds,
	    .attempts = record->attempts,
	};

	CALLBACK_GUARD callback = {"on_result", NULL, run->group->world->rank,
	                           false};
	group_set_callback(callback.name);
	const int returned = run->job->on_result(run->job->arg, &result);
	group_set_callback(NULL);
	callback.returned = true;
	if (delivery->called)
		delivery->called(delivery);
	if (returned == 0)
		return;
	delivery->returned = returned;
	delivery->stopper = result.index;
	halt(delivery);
}

static void hand_over(struct delivery *delivery,
                      const struct taken_record *taken)
{
	const bool called = !delivery->halted;

	if (called) {
		delivery->next = taken->record->index + 1;
		call_on_result(delivery, taken);
	}
	if (delivery->discards &&
	    (!called || taken->record->status != COHORT_OK))
		keep(delivery, taken);
}

static void read_copy(const struct reorder_item *item, struct taken_record *out)
{
	size_t next = 0;

	out->record = record_read(item->copy, &next, &out->data, &out->error);
	out->next = next;
}

/* Whether the result that waits and has the lowest index is that of this
 * task. */
static bool waits_first(const struct delivery *delivery, uint64_t index)
{
	return delivery->reorder.count > 0 &&
	       delivery->reorder.items[0].index == index;
}

/* The record in this place is not what it was: its task counts as not done. */
static void forget(struct delivery *delivery, const struct reorder_item *item)
{
	bits_remove(delivery->arrived, (size_t)item->index);
	delivery->arrived_count--;
	delivery->digest -= index_digest(item->index);
	delivery_look_again(delivery, item->rank, item->place);
}

/* Where the record has changed since it was taken, a later one of its task may
 * wait; else it is restored, or the task is run again. */
static void hand_over_in_place(struct delivery *delivery,
                               const struct reorder_item *item)
{
	struct delivery_stream *stream = &delivery->streams[item->rank];
	const uint64_t child = stream->child;
	struct taken_record taken;

	stream->child = 0;
	const bool believed =
	    delivery_take(delivery, item->rank,
	                  delivery_read_taken(delivery, item->rank, item->end),
	                  item->place, false, &taken);
	stream->child = child;
	if (believed && taken.record->index == item->index) {
		while (waits_first(delivery, item->index))
			reorder_take(&delivery->reorder);
		hand_over(delivery, &taken);
	} else if (!waits_first(delivery, item->index)) {
		forget(delivery, item);
	}
}

/* Hand over the result that waits and has the lowest index. */
static void hand_over_waiting(struct delivery *delivery)
{
	const struct reorder_item item = reorder_take(&delivery->reorder);
	struct taken_record taken;

	if (!item.copy) {
		hand_over_in_place(delivery, &item);
		return;
	}
	read_copy(&item, &taken);
	hand_over(delivery, &taken);
	delivery->held -= record_bytes(taken.record) + ITEM_BYTES;
	free(item.copy);
}

/* The result waits for its turn. If results are released, its record is
 * copied, so that its rank can go on. */
static void defer(struct delivery *delivery, struct reorder_item item,
                  const struct taken_record *taken)
{
	const size_t bytes = record_bytes(taken->record);

	if (delivery->discards && !item.copy) {
		item.copy = malloc(bytes);
		if (!item.copy) {
			delivery_lack_memory(delivery);
			return;
		}
		memcpy(item.copy, taken->record, bytes);
		delivery->held += bytes + ITEM_BYTES;
	}
	if (!reorder_add(&delivery->reorder, item))
		delivery_lack_memory(delivery);
}

static void note_arrival(struct delivery *delivery, size_t index)
{
	bits_add(delivery->arrived, index);
	delivery->arrived_count++;
	delivery->digest += index_digest(index);
}

/* The journal's result of this task. */
static void hand_over_resumed(struct delivery *delivery, uint64_t index)
{
	struct taken_record taken;

	if (delivery_resumed_read(delivery, index, &taken))
		hand_over(delivery, &taken);
	else
		halt(delivery);
}

/* All results whose turn has come. */
static void hand_over_next(struct delivery *delivery)
{
	while (!delivery->halted) {
		const uint64_t next = delivery->next;
		if (waits_first(delivery, next))
			hand_over_waiting(delivery);
		else if (delivery_resumed_has(delivery, next))
			hand_over_resumed(delivery, next);
		else
			return;
	}
}

static void arrive(struct delivery *delivery, struct reorder_item item,
                   const struct taken_record *taken)
{
	if (bits_have(delivery->arrived, (size_t)item.index)) {
		/* The task was run again. The record that waits in its place
		 * may be destroyed, which is seen when its turn comes: so both
		 * wait. */
		if (delivery->run->job->ordered && !delivery->discards &&
		    !delivery->halted && item.index >= delivery->next)
			defer(delivery, item, taken);
		return;
	}
	note_arrival(delivery, (size_t)item.index);
	if (delivery->halted || !delivery->run->job->ordered ||
	    item.index == delivery->next)
		hand_over(delivery, taken);
	else
		defer(delivery, item, taken);
	hand_over_next(delivery);
}

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
		arrive(delivery, item, &taken);
		found = true;
	}
	return found;
}

/* Tasks below this index may begin, however much waits: the awaited one, and as
 * many after it, of those that are missing in a row, as do not need much more
 * memory if they come before it. */
static uint64_t find_limit(const struct delivery *delivery)
{
	const struct reorder *reorder = &delivery->reorder;

	if (reorder->count == 0)
		return delivery->next + 1;
	const uint64_t waits = reorder->items[0].index;
	const uint64_t mean = delivery->held / reorder->count + 1;
	const uint64_t end = delivery->next + 1 + AHEAD_BYTES / mean;
	return waits < end ? waits : end;
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
	delivery->limit = find_limit(delivery);
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

/* The rank rests. A child of another one may have overwritten how far its
 * records go. */
static void restore_shown(const struct delivery *delivery, int r)
{
	const struct world *world = delivery->run->group->world;
	const struct result_store *store = &delivery->run->sweep->store;
	struct worker_stats *stats = world->stats;

	if (r == world->rank)
		atomic_store(&stats->ranks[world->stats_index].shown,
		             result_store_place(store, store->used));
	else if (world->result_event)
		atomic_store(&stats->ranks[r].shown,
		             atomic_load(&world->states->ranks[r].rested_at));
}

void delivery_poll_rank(struct delivery *delivery, int r, bool trusted)
{
	if (trusted)
		restore_shown(delivery, r);
	delivery_follow_children(delivery, r);
	/* It may have turned to its other half. */
	while (take_all(delivery, r, trusted) && delivery->discards)
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

void delivery_end(struct sweep_run *run)
{
	struct delivery *delivery = run->delivery;
	const size_t count = run->sweep->count;
	uint64_t resumed = delivery ? delivery->next : count;

	while (delivery) {
		const struct reorder *reorder = &delivery->reorder;
		while (resumed < count &&
		       !delivery_resumed_has(delivery, resumed))
			resumed++;
		if (reorder->count > 0 && reorder->items[0].index < resumed)
			hand_over_waiting(delivery);
		else if (resumed < count)
			hand_over_resumed(delivery, resumed++);
		else
			return;
	}
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
	note_arrival(delivery, (size_t)from->index);
	hand_over(delivery, &taken);
	return COHORT_OK;
}

/* In order, they are read when it is their turn. */
static void begin_resumed(struct delivery *delivery)
{
	const struct sweep_run *run = delivery->run;

	if (!run->job->ordered) {
		if (!delivery_resumed_pass(delivery, take_resumed))
			halt(delivery);
		return;
	}
	if (!delivery_resumed_locate(delivery)) {
		halt(delivery);
		return;
	}
	for (size_t i = 0; i < run->sweep->count; i++)
		if (delivery_resumed_has(delivery, i))
			note_arrival(delivery, i);
	hand_over_next(delivery);
}

void delivery_begin(struct sweep_run *run)
{
	struct delivery *delivery = run->delivery;

	if (!delivery || !delivery->arrived)
		return;
	if (run->checkpoint.reading && run->resumed > 0)
		begin_resumed(delivery);
	checkpoint_end_reading(&run->checkpoint);
	delivery_poll_rank(delivery, run->group->world->rank, true);
}
