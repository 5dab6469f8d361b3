#define _POSIX_C_SOURCE 200809L
#include "delivery_round.h"

#include "child_state.h"
#include "common/base/bit_set.h"
#include "common/base/clock.h"
#include "common/base/descriptor.h"
#include "common/base/plural.h"
#include "common/base/rank_states.h"
#include "common/base/region_allocator.h"
#include "common/base/worker_stats.h"
#include "delivery.h"
#include "delivery_flow.h"
#include "delivery_mail.h"
#include "delivery_mail_send.h"
#include "delivery_sleep.h"

#include <stdlib.h>

enum {
	/* Short tasks of rank 0 between two looks at the streams of the
	 * others: each look reads a cache line of each rank. */
	TASKS_MOST = 16
};

#define TASKS_SECONDS 20e-6 /* that these tasks may take */

static struct rank_counters *own_counters(const struct sweep_run *run)
{
	const struct world *world = run->group->world;

	return &world->stats->ranks[world->stats_index];
}

static struct rank_state *own_state(const struct sweep_run *run)
{
	const struct world *world = run->group->world;

	return &world->states->ranks[world->stats_index];
}

static bool is_root(const struct sweep_run *run)
{
	return run->group->world->rank == 0;
}

/* If there is no event that all ranks have, rank 0, and a rank that sends its
 * records, needs one of its own for its children. */
static bool open_event(struct delivery *delivery)
{
	const struct sweep_run *run = delivery->run;
	const int *shared = run->group->world->result_event;

	delivery->event = shared ? *shared : -1;
	if (shared || !run->isolate ||
	    (!is_root(run) && !delivery_mail_is_used(run)))
		return true;
	delivery->event = descriptor_event();
	delivery->own_event = delivery->event >= 0;
	return delivery->own_event;
}

/* Where ranks may go on without those that die, they read these sets. */
static bool open_sets(struct delivery *delivery)
{
	const struct sweep_run *run = delivery->run;
	const struct world *world = run->group->world;
	const size_t bytes = bits_bytes(run->sweep->count) + 1;
	size_t room;

	if (!delivery->discards || !world->survival) {
		delivery->arrived = calloc(1, bytes);
		return delivery->arrived != NULL;
	}
	delivery->sets = world->regions->reserve(world->regions, &room);
	if (!delivery->sets || room < 2 * bytes ||
	    !world->regions->use(world->regions, delivery->sets, 0, 2 * bytes))
		return false;
	delivery->arrived = delivery->sets;
	delivery->agreed = delivery->sets + bytes;
	atomic_store(&world->states->arrived, (uintptr_t)delivery->sets);
	return true;
}

static bool open_streams(struct delivery *delivery)
{
	const int size = delivery->run->group->world->size;

	delivery->streams = calloc((size_t)size, sizeof(*delivery->streams));
	return delivery->streams != NULL;
}

static bool open_root(struct delivery *delivery)
{
	struct sweep_run *run = delivery->run;
	struct rank_states *states = run->group->world->states;

	if (!open_streams(delivery) || !open_sets(delivery))
		return false;
	if (delivery->discards)
		result_store_init(&delivery->kept, run->group->world->regions);
	atomic_store(&states->limit, 1);
	atomic_store(&states->held, 0);
	return true;
}

/* The store becomes one of two halves. On rank 0 the journal's results are in
 * it: they are put aside. */
static bool open_halves(struct delivery *delivery)
{
	struct sweep_run *run = delivery->run;
	const struct world *world = run->group->world;
	struct result_store *store = &run->sweep->store;
	const size_t count = store->count;
	struct region_allocator *regions = store->regions;

	if (store->used > 0) {
		delivery->loaded = *store;
		result_store_init(store, regions);
		if (regions && !store->regions)
			return false;
	}
	if (world->result_event || world->rank == 0 ||
	    delivery_mail_is_used(run))
		delivery->segment = delivery_segment(world->size);
	store->count = count;
	result_store_halve(store);
	atomic_store(&own_state(run)->half, store->half);
	return true;
}

/* The rank seals its own records too: its child can write to those in the last
 * page. They are the journal's results here, on rank 0. */
static void seal_all(struct sweep_run *run)
{
	struct result_store *store = &run->sweep->store;
	const void *data;
	const char *error;

	run->first_key = child_state_new_key();
	store->key = run->first_key;
	atomic_store(&own_state(run)->key, run->first_key);
	for (size_t place = 0; place < store->used;) {
		const size_t start = place;
		record_read(store->records, &place, &data, &error);
		record_seal(store->records + start, start, store->key);
	}
}

cohort_status delivery_open(struct sweep_run *run)
{
	struct world *world = run->group->world;

	if (!run->job->on_result)
		return COHORT_OK;
	if (world->result_event && !run->sweep->store.regions)
		return error_set(COHORT_ENOMEM,
		                 "cohort_scatter: rank %d has no memory that "
		                 "rank 0 can read for results that on_result "
		                 "gets: free memory of cohort_alloc, or "
		                 "results of earlier sweeps",
		                 world->rank);
	struct delivery *delivery = calloc(1, sizeof(*delivery));
	if (!delivery)
		return error_sys("cohort_scatter: calloc");
	run->delivery = delivery;
	delivery->run = run;
	delivery->event = -1;
	delivery->discards = run->job->discard;
	if (!open_event(delivery))
		return error_sys("cohort_scatter: eventfd");
	atomic_store(&own_state(run)->half, 0);
	if ((delivery->discards && !open_halves(delivery)) ||
	    (is_root(run) && !open_root(delivery)))
		return error_sys("cohort_scatter: no memory for results as "
		                 "they come");
	if (delivery_mail_is_used(run)) {
		if (!is_root(run) && !open_streams(delivery))
			return error_sys("cohort_scatter: calloc");
		const cohort_status status = delivery_mail_open(delivery);
		if (status != COHORT_OK)
			return status;
	}
	if (run->isolate)
		seal_all(run);
	atomic_store(&own_state(run)->children, 0);
	atomic_store(&own_state(run)->rewinds, 0);
	atomic_store(&own_state(run)->rewinds_seen, 0);
	atomic_store(&own_state(run)->reread_from, UINT64_MAX);
	atomic_store(&own_state(run)->turns, 0);
	atomic_store(&own_state(run)->taken, 0);
	atomic_store(&own_state(run)->blocked, 0);
	atomic_store(&own_state(run)->limit, UINT64_MAX);
	atomic_store(&own_counters(run)->shown, run->sweep->store.used);
	return COHORT_OK;
}

void delivery_close(struct sweep_run *run)
{
	struct delivery *delivery = run->delivery;

	if (!delivery)
		return;
	delivery_mail_close(delivery);
	for (int r = 0; delivery->streams && r < run->group->world->size; r++)
		free(delivery->streams[r].sent);
	if (delivery->own_event)
		descriptor_close(&delivery->event);
	reorder_free(&delivery->reorder);
	result_store_free(&delivery->loaded);
	result_store_free(&delivery->kept);
	if (delivery->sets)
		run->group->world->regions->release(run->group->world->regions,
		                                    delivery->sets);
	else
		free(delivery->arrived);
	free(delivery->streams);
	free(delivery->copy);
	free(delivery);
	run->delivery = NULL;
}

static uint64_t end_of_store(const struct sweep_run *run)
{
	return result_store_place(&run->sweep->store, run->sweep->store.used);
}

/* The reader may miss one that is soon followed by the next. */
static void note_rewind(struct rank_state *state, uint64_t end)
{
	const uint64_t rewinds = atomic_load(&state->rewinds);

	if (atomic_load(&state->rewinds_seen) == rewinds ||
	    end < atomic_load(&state->reread_from))
		atomic_store(&state->reread_from, end);
	atomic_store(&state->rewinds, rewinds + 1);
}

void delivery_note_child(struct sweep_run *run, uint64_t key)
{
	struct rank_state *state = own_state(run);
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
	atomic_store(&own_counters(run)->shown, end);
	note_rewind(own_state(run), end);
}

/* Sequentially consistent: either rank 0, which is about to sleep, sees the
 * record, or this process sees that it sleeps. */
static void show(const struct sweep_run *run, uint64_t bytes)
{
	atomic_store(&own_counters(run)->shown, bytes);
	if (run->delivery->event >= 0)
		delivery_wake_root(run);
}

/* After a long task, or after some short ones. */
static bool is_turn(struct delivery *delivery, double seconds)
{
	delivery->seconds += seconds;
	return ++delivery->tasks >= TASKS_MOST ||
	       delivery->seconds > TASKS_SECONDS;
}

void delivery_task_done(struct sweep_run *run, bool in_child, size_t bytes,
                        double seconds)
{
	struct delivery *delivery = run->delivery;
	const uint64_t place = result_store_place(&run->sweep->store, bytes);

	if (in_child || !is_root(run)) {
		/* A child that runs singly leaves it to its rank, which first
		 * decides about the task. */
		if (!in_child || !run->singly)
			show(run, place);
		if (!in_child && delivery->mail && is_turn(delivery, seconds))
			delivery_mail_send(delivery, false);
		return;
	}
	atomic_store_explicit(&own_counters(run)->shown, place,
	                      memory_order_relaxed);
	if (is_turn(delivery, seconds))
		delivery_poll(delivery, false);
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

/* Rank 0 waits for the other ranks here, and not in the exchange of statuses
 * that follows, where it could not hand over results. */
static void await_others(struct sweep_run *run)
{
	const struct world *world = run->group->world;
	const double timeout = run->group->timeout;
	const double end = clock_seconds() + timeout;

	while (!delivery_world_failed(world) && !delivery_lost_ranks(run)) {
		delivery_before_sleep(run);
		delivery_poll(run->delivery, false);
		delivery_give_up(run);
		const bool ended = all_have_ended(run);
		if (!ended && (timeout == 0 || clock_seconds() < end))
			delivery_sleep(run);
		delivery_after_sleep(run);
		if (ended || (timeout > 0 && clock_seconds() > end))
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
	atomic_store(&own_counters(run)->shown, end_of_store(run));
	atomic_store(&own_state(run)->ended, delivery_round_of(run));
	if (run->delivery->event >= 0)
		delivery_wake_root(run);
	if (run->delivery->mail)
		delivery_mail_end_round(run->delivery);
	if (!is_root(run))
		return;
	if (run->group->world->result_event)
		await_others(run);
	delivery_poll(run->delivery, !delivery_world_failed(run->group->world));
}

cohort_status delivery_status(const struct sweep_run *run)
{
	const struct delivery *delivery = run->delivery;

	if (delivery && delivery->mail_failed)
		return error_set(delivery->mail_failed, "%s",
		                 delivery->mail_sentence);
	if (!delivery || !delivery->halted)
		return COHORT_OK;
	if (delivery->no_memory)
		return error_set(
		    COHORT_ENOMEM,
		    "cohort_scatter: no memory to put %zu result%s "
		    "in order for on_result",
		    delivery->reorder.count, plural(delivery->reorder.count));
	return error_set(COHORT_ESTOPPED,
	                 "cohort_scatter: on_result returned %d for task %zu, "
	                 "and stopped the sweep",
	                 delivery->returned, delivery->stopper);
}
