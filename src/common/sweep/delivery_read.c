#include "delivery_read.h"

#include "common/base/rank_states.h"
#include "common/base/region_allocator.h"
#include "common/base/worker_stats.h"
#include "delivery_halt.h"

#include <errno.h>
#include <string.h>

struct rank_state *delivery_state_of(const struct delivery *delivery, int r)
{
	const struct world *world = delivery->run->group->world;

	return &world->states->ranks[r == world->rank ? world->stats_index : r];
}

bool delivery_is_sealed(const struct delivery *delivery, int r)
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

/* The same. If the system refuses, rank 0 cannot have the results, now or
 * later. But an address that is none may be one that a child has
 * overwritten. */
static bool open_or_stop(struct delivery *delivery, int r,
                         struct readable records, uint64_t end)
{
	if (open_to(delivery, r, records, end))
		return true;
	if (errno != EFAULT || !delivery_is_sealed(delivery, r))
		delivery_lack_memory(delivery, "open results for on_result",
		                     errno);
	return false;
}

/* `records`, as far as they can be read; none if they cannot be opened. */
static struct readable opened(struct delivery *delivery, int r,
                              struct readable records)
{
	const uint64_t taken = delivery->streams[r].taken;
	struct record header;

	if (!records.settled && delivery_is_sealed(delivery, r) &&
	    taken >= records.base && records.end > taken + STEP_BYTES) {
		const uint64_t said = records.end;
		records.end = taken + STEP_BYTES;
		if (!open_or_stop(delivery, r, records, records.end))
			return (struct readable){0};
		memcpy(&header, records.start + (taken - records.base),
		       sizeof(header));
		if (header.index < delivery->run->sweep->count &&
		    record_has_room(&header, (size_t)(said - taken)) &&
		    record_bytes(&header) > STEP_BYTES)
			records.end = taken + record_bytes(&header);
	}
	return open_or_stop(delivery, r, records, records.end)
	           ? records
	           : (struct readable){0};
}

static struct readable read_own(struct delivery *delivery)
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

static struct readable read_other(struct delivery *delivery, int r)
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

struct readable delivery_read(struct delivery *delivery, int r)
{
	const struct world *world = delivery->run->group->world;
	const struct delivery_stream *stream = &delivery->streams[r];

	if (r == world->rank)
		return read_own(delivery);
	if (world->result_event)
		return read_other(delivery, r);
	return (struct readable){stream->sent, 0, stream->sent_bytes, true};
}

struct readable delivery_read_taken(struct delivery *delivery, int r,
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
	return open_or_stop(delivery, r, records, end) ? records
	                                               : (struct readable){0};
}
