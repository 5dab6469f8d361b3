/* Rank 0's part: take records from the streams of all ranks, and call
 * on_result. */
#include "delivery.h"

#include "callback.h"
#include "child_state.h"
#include "common/base/bit_set.h"
#include "common/base/rank_states.h"
#include "common/base/region_allocator.h"
#include "common/base/stop_word.h"
#include "common/base/worker_stats.h"

#include <stdlib.h>
#include <string.h>

/* A record that may be handed over. */
struct taken {
	const struct record *record;
	const void *data;
	const char *error;
	uint64_t next; /* place of the record behind it */
};

/* Where rank 0 can read a stream. */
struct readable {
	const unsigned char *start; /* NULL: nowhere */
	uint64_t bytes;
};

static struct rank_state *state_of(const struct delivery *delivery, int r)
{
	const struct world *world = delivery->run->group->world;

	return &world->states->ranks[r == world->rank ? world->stats_index : r];
}

static struct readable read_own(const struct delivery *delivery)
{
	struct sweep_run *run = delivery->run;
	struct result_store *store = &run->sweep->store;
	const struct world *world = run->group->world;
	uint64_t bytes =
	    atomic_load_explicit(&world->stats->ranks[world->stats_index].shown,
	                         memory_order_acquire);

	if (!store->regions)
		return (struct readable){store->records, store->used};
	/* A child may have written the length. */
	if (bytes > store->reserved || !result_store_reach(store, bytes))
		bytes = store->used;
	return (struct readable){store->records, bytes};
}

static struct readable read_other(const struct delivery *delivery, int r)
{
	const struct sweep_run *run = delivery->run;
	const struct world *world = run->group->world;
	const struct rank_state *state = &world->states->ranks[r];
	const uint64_t bytes = atomic_load_explicit(
	    &world->stats->ranks[r].shown, memory_order_acquire);

	if (bytes == 0 || atomic_load(&state->store_sweep) != run->number)
		return (struct readable){0};
	void *start = (void *)(uintptr_t)atomic_load(&state->store);
	if (!start || !world->regions->use(world->regions, start, 0, bytes))
		return (struct readable){0};
	return (struct readable){start, bytes};
}

static struct readable read_stream(const struct delivery *delivery, int r)
{
	const struct world *world = delivery->run->group->world;
	const struct delivery_stream *stream = &delivery->streams[r];

	if (r == world->rank)
		return read_own(delivery);
	if (world->result_event)
		return read_other(delivery, r);
	return (struct readable){stream->sent, stream->sent_bytes};
}

/* Whether children write records of this stream, and may write to them again.
 * Records that were sent have been checked by their rank. */
static bool stream_is_sealed(const struct delivery *delivery, int r)
{
	const struct sweep_run *run = delivery->run;
	const struct world *world = run->group->world;

	return run->isolate && (r == world->rank || world->result_event);
}

/* If a child has destroyed records, the next child writes where they were. */
static void follow_children(const struct delivery *delivery, int r)
{
	if (!stream_is_sealed(delivery, r))
		return;
	const struct rank_state *state = state_of(delivery, r);
	struct delivery_stream *stream = &delivery->streams[r];
	const uint64_t children = atomic_load(&state->children);
	const uint64_t from = atomic_load(&state->child_from);

	if (children == stream->children)
		return;
	stream->children = children;
	if (stream->taken > from)
		stream->taken = from;
}

static bool copy_record(struct delivery *delivery, const unsigned char *start,
                        const struct record *header)
{
	const size_t bytes = record_bytes(header);

	if (bytes > delivery->copy_room) {
		free(delivery->copy);
		delivery->copy = malloc(bytes);
		delivery->copy_room = delivery->copy ? bytes : 0;
	}
	if (!delivery->copy)
		return false;
	memcpy(delivery->copy, start, bytes);
	/* Its lengths have been checked. */
	memcpy(delivery->copy, header, sizeof(*header));
	return true;
}

/* Whether the copy was sealed by child number `first` of the rank, or a later
 * one. *child receives which. */
static bool copy_is_sealed(const struct delivery *delivery, int r,
                           uint64_t place, uint64_t first, uint64_t *child)
{
	const uint64_t key = atomic_load(&state_of(delivery, r)->key);

	for (uint64_t c = first; c <= delivery->streams[r].children; c++) {
		*child = c;
		if (record_is_sealed(delivery->copy, delivery->copy_room, place,
		                     child_state_key(key, c)))
			return true;
	}
	return false;
}

/* Copy the record at `place`, which a child may be writing, and check the
 * copy. */
static bool take_sealed(struct delivery *delivery, int r,
                        struct readable readable, uint64_t place,
                        uint64_t first, struct taken *out)
{
	struct delivery_stream *stream = &delivery->streams[r];
	const unsigned char *start = readable.start + place;
	struct record header;
	size_t next = 0;
	uint64_t child;

	if (readable.bytes - place < RECORD_HEADER_BYTES)
		return false;
	memcpy(&header, start, sizeof(header));
	if (!record_has_room(&header, (size_t)(readable.bytes - place)) ||
	    header.index >= delivery->run->sweep->count ||
	    !copy_record(delivery, start, &header) ||
	    !copy_is_sealed(delivery, r, place, first, &child))
		return false;
	if (child > stream->child)
		stream->child = child;
	out->record =
	    record_read(delivery->copy, &next, &out->data, &out->error);
	out->next = place + next;
	return true;
}

/* The record at `place`. False if there is none, or none that can be believed
 * now: then the rank may write another one there. */
static bool take_record(struct delivery *delivery, int r,
                        struct readable readable, uint64_t place, bool trusted,
                        struct taken *out)
{
	const struct delivery_stream *stream = &delivery->streams[r];
	const size_t count = delivery->run->sweep->count;
	size_t next = (size_t)place;

	if (!readable.start || place >= readable.bytes)
		return false;
	if (!trusted && stream_is_sealed(delivery, r)) {
		const bool is_of_last =
		    place >= atomic_load(&state_of(delivery, r)->child_from);
		return take_sealed(
		    delivery, r, readable, place,
		    is_of_last ? stream->children : stream->child, out);
	}
	if (!record_fits(readable.start, next, (size_t)readable.bytes, count))
		return false;
	out->record =
	    record_read(readable.start, &next, &out->data, &out->error);
	out->next = next;
	return true;
}

static void halt(struct delivery *delivery)
{
	const struct sweep_run *run = delivery->run;

	delivery->halted = true;
	stop_word_write(&run->group->world->states->stop,
	                stop_word_of_call(run->number, STOP_BY_RESULT));
}

static void hand_over(struct delivery *delivery, const struct taken *taken)
{
	const struct sweep_run *run = delivery->run;
	const struct record *record = taken->record;
	const cohort_result result = {
	    .index = (size_t)record->index,
	    .rank = record->rank,
	    .status = (cohort_status)record->status,
	    .error = taken->error,
	    .param = sweep_param(run->sweep, (size_t)record->index),
	    .data = taken->data,
	    .bytes = (size_t)record->bytes,
	    .seconds = record->seconds,
	    .attempts = record->attempts,
	};

	if (delivery->halted)
		return;
	CALLBACK_GUARD callback = {"on_result", NULL, run->group->world->rank,
	                           false};
	const int returned = run->job->on_result(run->job->arg, &result);
	callback.returned = true;
	delivery->next = record->index + 1;
	if (returned == 0)
		return;
	delivery->returned = returned;
	delivery->stopper = result.index;
	halt(delivery);
}

/* Hand over the result that waits and has the lowest index. */
static void hand_over_waiting(struct delivery *delivery, bool trusted)
{
	const struct reorder_item item = reorder_take(&delivery->reorder);
	struct delivery_stream *stream = &delivery->streams[item.rank];
	const uint64_t child = stream->child;
	struct taken taken;

	stream->child = 0;
	const bool believed =
	    take_record(delivery, item.rank, read_stream(delivery, item.rank),
	                item.place, trusted, &taken);
	stream->child = child;
	if (believed && taken.record->index == item.index)
		hand_over(delivery, &taken);
	else /* It was destroyed meanwhile; its task is run again. */
		bits_remove(delivery->arrived, (size_t)item.index);
}

static void arrive(struct delivery *delivery, int r, uint64_t place,
                   const struct taken *taken)
{
	const uint64_t index = taken->record->index;
	struct reorder *reorder = &delivery->reorder;
	const struct reorder_item item = {index, place, r};

	if (bits_have(delivery->arrived, (size_t)index))
		return;
	bits_add(delivery->arrived, (size_t)index);
	if (!delivery->run->job->ordered || index == delivery->next) {
		hand_over(delivery, taken);
	} else if (!delivery->halted && !reorder_add(reorder, item)) {
		delivery->no_memory = true;
		halt(delivery);
	}
	while (!delivery->halted && reorder->count > 0 &&
	       reorder->items[0].index == delivery->next)
		hand_over_waiting(delivery, false);
}

static bool poll_stream(struct delivery *delivery, int r, bool trusted)
{
	struct delivery_stream *stream = &delivery->streams[r];
	struct taken taken;
	bool found = false;

	follow_children(delivery, r);
	const struct readable readable = read_stream(delivery, r);
	while (take_record(delivery, r, readable, stream->taken, trusted,
	                   &taken)) {
		const uint64_t place = stream->taken;
		stream->taken = taken.next;
		arrive(delivery, r, place, &taken);
		found = true;
	}
	return found;
}

void delivery_poll(struct delivery *delivery, bool trusted)
{
	const int size = delivery->run->group->world->size;

	delivery->tasks = 0;
	delivery->seconds = 0;
	for (int r = 0; r < size; r++)
		poll_stream(delivery, r, trusted);
}

void delivery_take_kept(struct sweep_run *run)
{
	const struct world *world = run->group->world;

	if (!run->delivery)
		return;
	for (int r = 0; r < world->size; r++) {
		struct rank_counters *counters = &world->stats->ranks[r];
		atomic_store(&counters->shown, atomic_load(&counters->stored));
	}
	delivery_poll(run->delivery, true);
}

void delivery_end(struct sweep_run *run)
{
	struct delivery *delivery = run->delivery;

	while (delivery && delivery->reorder.count > 0 && !delivery->halted)
		hand_over_waiting(delivery, true);
}

void delivery_begin(struct sweep_run *run)
{
	struct delivery *delivery = run->delivery;

	if (delivery && delivery->streams)
		poll_stream(delivery, run->group->world->rank, true);
}
