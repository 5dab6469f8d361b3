/* Results as they come: rank 0 reads the records of a rank whose child has destroyed
 * some of them, and which has gone on in the other half of its store before rank 0
 * looks for that. */
#include "common/base/memory.h"
#include "common/base/rank_states.h"
#include "common/base/region_allocator.h"
#include "common/base/worker_stats.h"
#include "common/sweep/child_state.h"
#include "common/sweep/delivery_flow.h"
#include "common/sweep/delivery_round.h"
#include "common/sweep/delivery_stream.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

enum { RANKS = 2, TASKS = 100, SWEEP = 7, KEY = 12345, BYTES = 40 };

/* Rank 0, and rank 1 whose children run tasks, in one process. */
struct ranks {
	int event;
	struct world worlds[RANKS];
	cohort groups[RANKS];
	struct sweep sweeps[RANKS];
	struct sweep_run runs[RANKS];
	struct delivery deliveries[RANKS];
	struct delivery_stream streams[RANKS];
	cohort_job job;
};

static void make_rank(struct ranks *ranks, int r, struct worker_stats *stats,
                      struct rank_states *states)
{
	struct sweep_run *run = &ranks->runs[r];

	ranks->worlds[r] = (struct world){
	    .rank = r,
	    .size = RANKS,
	    .regions = &private_regions,
	    .stats = stats,
	    .stats_index = r,
	    .states = states,
	    .result_event = &ranks->event,
	};
	ranks->groups[r].world = &ranks->worlds[r];
	ranks->sweeps[r].count = TASKS;
	result_store_init(&ranks->sweeps[r].store, &private_regions);
	cr_assert(ranks->sweeps[r].store.region != NULL);
	result_store_halve(&ranks->sweeps[r].store);
	*run = (struct sweep_run){
	    .group = &ranks->groups[r],
	    .job = &ranks->job,
	    .isolate = true,
	    .sweep = &ranks->sweeps[r],
	    .delivery = &ranks->deliveries[r],
	    .number = SWEEP,
	    .first_key = KEY,
	};
	ranks->deliveries[r] = (struct delivery){
	    .run = run,
	    .event = -1,
	    .streams = ranks->streams,
	    .discards = true,
	};
}

static void make_ranks(struct ranks *ranks)
{
	struct worker_stats *stats = memory_share(worker_stats_bytes(RANKS));
	struct rank_states *states = memory_share(rank_states_bytes(RANKS));

	memset(ranks, 0, sizeof(*ranks));
	cr_assert(stats != NULL && states != NULL);
	for (int r = 0; r < RANKS; r++)
		make_rank(ranks, r, stats, states);
	struct rank_state *state = &states->ranks[1];
	const struct result_store *store = &ranks->sweeps[1].store;
	atomic_store(&state->store, (uintptr_t)store->region);
	atomic_store(&state->store_sweep, SWEEP);
	atomic_store(&state->half, store->half);
	atomic_store(&state->reread_from, UINT64_MAX);
}

static void free_ranks(struct ranks *ranks)
{
	memory_unshare(ranks->worlds[0].stats, worker_stats_bytes(RANKS));
	memory_unshare(ranks->worlds[0].states, rank_states_bytes(RANKS));
	free(ranks->deliveries[0].copy);
	for (int r = 0; r < RANKS; r++)
		result_store_free(&ranks->sweeps[r].store);
}

static void begin_child(struct ranks *ranks)
{
	struct sweep_run *run = &ranks->runs[1];

	run->children++;
	delivery_note_child(run, child_state_key(KEY, run->children));
}

static void add_record(struct ranks *ranks, uint64_t index, size_t bytes)
{
	struct result_store *store = &ranks->sweeps[1].store;
	struct record record = {.index = index, .bytes = bytes};
	void *data = result_store_result(store, bytes);

	cr_assert(data != NULL);
	memset(data, 0, bytes);
	cr_assert(result_store_add(store, &record, NULL) == COHORT_OK);
	delivery_show_all(&ranks->runs[1]);
}

/* The child's records from `mark` on are destroyed. */
static void end_child(struct ranks *ranks, struct store_mark mark)
{
	struct result_store *store = &ranks->sweeps[1].store;

	memset(store->records + mark.used, 0xff, store->used - mark.used);
	result_store_resume(store, mark);
	delivery_note_child_end(&ranks->runs[1], mark.used);
}

static void turn(struct ranks *ranks)
{
	const uint64_t turns = ranks->sweeps[1].store.turns;

	ranks->deliveries[1].segment = 1;
	cr_assert(delivery_await_room(&ranks->runs[1], 0));
	cr_assert(ranks->sweeps[1].store.turns == turns + 1);
}

/* The index of the next record that rank 0 can take; TASKS: none. */
static uint64_t take(struct ranks *ranks)
{
	struct delivery *delivery = &ranks->deliveries[0];
	struct delivery_stream *stream = &ranks->streams[1];
	const struct readable readable = delivery_read(delivery, 1);
	struct taken_record taken;

	if (!delivery_take(delivery, 1, readable, stream->taken, false, &taken))
		return TASKS;
	stream->taken = taken.next;
	return taken.record->index;
}

/* Rank 0 has taken two records when the child destroys the second one. The rank keeps
 * the failure of that task, and turns. */
static void destroy_and_turn(struct ranks *ranks, size_t failure_bytes)
{
	make_ranks(ranks);
	begin_child(ranks);
	add_record(ranks, 1, BYTES);
	const struct store_mark mark =
	    result_store_mark(&ranks->sweeps[1].store);
	add_record(ranks, 2, BYTES);
	delivery_follow_children(&ranks->deliveries[0], 1);
	cr_assert(take(ranks) == 1);
	cr_assert(take(ranks) == 2);
	end_child(ranks, mark);
	add_record(ranks, 3, failure_bytes);
	turn(ranks);
	begin_child(ranks);
	add_record(ranks, 4, BYTES);
}

static void expect_the_rest(struct ranks *ranks)
{
	cr_expect(take(ranks) == TASKS);
	cr_expect(ranks->streams[1].taken < ranks->sweeps[1].store.half);
	delivery_follow_children(&ranks->deliveries[0], 1);
	cr_expect(take(ranks) == 3);
	cr_expect(take(ranks) == 4);
	cr_expect(take(ranks) == TASKS);
}

Test(delivery_stream, a_half_is_not_left_before_records_in_it_are_read_again)
{
	struct ranks ranks;

	destroy_and_turn(&ranks, BYTES);
	expect_the_rest(&ranks);
	free_ranks(&ranks);
}

Test(delivery_stream, no_record_is_read_in_the_middle_of_another_one)
{
	struct ranks ranks;

	destroy_and_turn(&ranks, 1000 * sizeof(uint64_t));
	expect_the_rest(&ranks);
	free_ranks(&ranks);
}

static void run_child(struct ranks *ranks, uint64_t index)
{
	begin_child(ranks);
	add_record(ranks, index, BYTES);
	delivery_note_child_end(&ranks->runs[1], ranks->sweeps[1].store.used);
}

/* A third child destroys the first one's record, and its rank restores it. */
Test(delivery_stream, records_of_any_child_are_read_again)
{
	struct ranks ranks;
	unsigned char kept[BYTES];

	make_ranks(&ranks);
	unsigned char *records = ranks.sweeps[1].store.records;
	run_child(&ranks, 1);
	run_child(&ranks, 2);
	begin_child(&ranks);
	delivery_follow_children(&ranks.deliveries[0], 1);
	cr_assert(take(&ranks) == 1);
	cr_assert(take(&ranks) == 2);
	memcpy(kept, records, BYTES);
	memset(records, 0xff, BYTES);
	delivery_look_again(&ranks.deliveries[0], 1, 0);
	cr_expect(take(&ranks) == TASKS);
	memcpy(records, kept, BYTES);
	cr_expect(take(&ranks) == 1);
	cr_expect(take(&ranks) == 2);
	free_ranks(&ranks);
}
