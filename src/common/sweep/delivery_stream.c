#include "delivery_stream.h"

#include "child_state.h"
#include "common/base/rank_states.h"
#include "common/base/region_allocator.h"
#include "common/base/worker_stats.h"

#include <stdlib.h>
#include <string.h>

static struct rank_state *state_of(const struct delivery *delivery, int r)
{
	const struct world *world = delivery->run->group->world;

	return &world->states->ranks[r == world->rank ? world->stats_index : r];
}

/* Whether children write records of this stream, and may write to them again.
 * Records that were sent have been checked by their rank. */
static bool stream_is_sealed(const struct delivery *delivery, int r)
{
	const struct sweep_run *run = delivery->run;
	const struct world *world = run->group->world;

	return run->isolate && (r == world->rank || world->result_event);
}

/* A child may have overwritten the word that says how far its records go. So
 * rank 0 opens little more memory than the next record needs. */
enum { STEP_BYTES = 16 << 20 };

/* Make the records up to the place `end` usable here. */
static bool open_to(const struct delivery *delivery, int r,
                    struct readable records, uint64_t end)
{
	const struct world *world = delivery->run->group->world;
	const size_t bytes = (size_t)(end - records.base);

	if (r == world->rank)
		return result_store_reach(&delivery->run->sweep->store, bytes);
	void *region =
	    (void *)(uintptr_t)atomic_load(&world->states->ranks[r].store);
	const size_t offset =
	    (size_t)(records.start - (const unsigned char *)region);
	return world->regions->use(world->regions, region, 0, offset + bytes);
}

/* `records`, as far as they can be read; none if the system refuses. */
static struct readable opened(const struct delivery *delivery, int r,
                              struct readable records)
{
	const uint64_t taken = delivery->streams[r].taken;
	struct record header;

	if (!records.settled && stream_is_sealed(delivery, r) &&
	    taken >= records.base && records.end > taken + STEP_BYTES) {
		const uint64_t said = records.end;
		records.end = taken + STEP_BYTES;
		if (!open_to(delivery, r, records, records.end))
			return (struct readable){0};
		memcpy(&header, records.start + (taken - records.base),
		       sizeof(header));
		if (header.index < delivery->run->sweep->count &&
		    record_has_room(&header, (size_t)(said - taken)) &&
		    record_bytes(&header) > STEP_BYTES)
			records.end = taken + record_bytes(&header);
	}
	return open_to(delivery, r, records, records.end)
	           ? records
	           : (struct readable){0};
}

static struct readable read_own(const struct delivery *delivery)
{
	struct sweep_run *run = delivery->run;
	struct result_store *store = &run->sweep->store;
	const struct world *world = run->group->world;
	const uint64_t base = result_store_place(store, 0);
	uint64_t end =
	    atomic_load_explicit(&world->stats->ranks[world->stats_index].shown,
	                         memory_order_acquire);

	if (!store->regions)
		return (struct readable){store->records, base,
		                         base + store->used, true};
	if (end < base || end - base > store->reserved)
		end = base + store->used;
	return opened(delivery, world->rank,
	              (struct readable){store->records, base, end, false});
}

/* The half of the store that rank 0 is in. Moves to the next one when the rank
 * has left it, and all its records are taken. A half that the rank has left is
 * not read before its end has been seen wherever it has moved back: until then
 * `taken` may be in the middle of a record, or behind one that is not taken. */
static struct readable find_half(const struct rank_state *state,
                                 struct delivery_stream *stream,
                                 unsigned char *region, uint64_t shown)
{
	const uint64_t half = atomic_load(&state->half);
	const uint64_t turns = atomic_load(&state->turns);
	uint64_t turn = half ? stream->taken / half : 0;

	if (half == 0)
		return (struct readable){region, 0, shown, false};
	if (turn < turns && atomic_load(&state->reread_from) != UINT64_MAX)
		return (struct readable){0};
	if (turn < turns &&
	    stream->taken >= atomic_load(&state->ends[turn % 2]))
		stream->taken = ++turn * half;
	const uint64_t base = turn * half;
	const uint64_t end =
	    turn < turns ? atomic_load(&state->ends[turn % 2]) : shown;
	if (end <= base || end - base > half)
		return (struct readable){0};
	return (struct readable){region + turn % 2 * half, base, end,
	                         turn < turns};
}

static struct readable read_other(const struct delivery *delivery, int r)
{
	const struct sweep_run *run = delivery->run;
	const struct world *world = run->group->world;
	const struct rank_state *state = &world->states->ranks[r];
	const uint64_t shown = atomic_load_explicit(
	    &world->stats->ranks[r].shown, memory_order_acquire);
	unsigned char *region = (void *)(uintptr_t)atomic_load(&state->store);

	if (shown == 0 || !region ||
	    atomic_load(&state->store_sweep) != run->number)
		return (struct readable){0};
	const struct readable found =
	    find_half(state, &delivery->streams[r], region, shown);
	return found.start ? opened(delivery, r, found) : found;
}

struct readable delivery_read(const struct delivery *delivery, int r)
{
	const struct world *world = delivery->run->group->world;
	const struct delivery_stream *stream = &delivery->streams[r];

	if (r == world->rank)
		return read_own(delivery);
	if (world->result_event)
		return read_other(delivery, r);
	return (struct readable){stream->sent, 0, stream->sent_bytes, true};
}

struct readable delivery_read_taken(const struct delivery *delivery, int r,
                                    uint64_t end)
{
	const struct world *world = delivery->run->group->world;
	const struct result_store *store = &delivery->run->sweep->store;
	struct readable records = {.end = end};

	if (r == world->rank ? !store->regions : !world->result_event)
		return delivery_read(delivery, r);
	records.start = r == world->rank ? store->records
	                                 : (void *)(uintptr_t)atomic_load(
	                                       &world->states->ranks[r].store);
	return open_to(delivery, r, records, end) ? records
	                                          : (struct readable){0};
}

void delivery_follow_children(const struct delivery *delivery, int r)
{
	if (!stream_is_sealed(delivery, r))
		return;
	struct rank_state *state = state_of(delivery, r);
	struct delivery_stream *stream = &delivery->streams[r];
	/* In this order: no record of a child is taken before the end of the
	 * child before it has been seen. */
	stream->children = atomic_load(&state->children);
	const uint64_t from = atomic_load(&state->reread_from);

	if (from == UINT64_MAX)
		return;
	if (stream->taken > from)
		stream->taken = from;
	atomic_store(&state->reread_from, UINT64_MAX);
}

/* A child can write to the last page of what was there before it, which its
 * rank restores when the child has ended (handover.c). What it has written
 * itself is not restored. The records from `place` on may be of any child. */
void delivery_look_again(const struct delivery *delivery, int r, uint64_t place)
{
	struct delivery_stream *stream = &delivery->streams[r];

	if (place >= atomic_load(&state_of(delivery, r)->child_from) ||
	    stream->taken <= place)
		return;
	stream->taken = place;
	stream->child = 0;
}

bool delivery_have_copy(struct delivery *delivery, size_t bytes)
{
	if (bytes > delivery->copy_room) {
		free(delivery->copy);
		delivery->copy = malloc(bytes);
		delivery->copy_room = delivery->copy ? bytes : 0;
	}
	return delivery->copy != NULL;
}

static bool copy_record(struct delivery *delivery, const unsigned char *start,
                        const struct record *header)
{
	const size_t bytes = record_bytes(header);

	if (!delivery_have_copy(delivery, bytes))
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
                        uint64_t first, struct taken_record *out)
{
	struct delivery_stream *stream = &delivery->streams[r];
	const unsigned char *start = readable.start + (place - readable.base);
	struct record header;
	size_t next = 0;
	uint64_t child;

	if (readable.end - place < RECORD_HEADER_BYTES)
		return false;
	memcpy(&header, start, sizeof(header));
	if (!record_has_room(&header, (size_t)(readable.end - place)) ||
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

bool delivery_take(struct delivery *delivery, int r, struct readable readable,
                   uint64_t place, bool trusted, struct taken_record *out)
{
	const struct delivery_stream *stream = &delivery->streams[r];
	const size_t count = delivery->run->sweep->count;

	if (!readable.start || place < readable.base || place >= readable.end)
		return false;
	if (!trusted && !readable.settled && stream_is_sealed(delivery, r)) {
		const bool is_of_last =
		    place >= atomic_load(&state_of(delivery, r)->child_from);
		return take_sealed(
		    delivery, r, readable, place,
		    is_of_last ? stream->children : stream->child, out);
	}
	size_t next = (size_t)(place - readable.base);
	if (!record_fits(readable.start, next,
	                 (size_t)(readable.end - readable.base), count))
		return false;
	out->record =
	    record_read(readable.start, &next, &out->data, &out->error);
	out->next = readable.base + next;
	return true;
}
