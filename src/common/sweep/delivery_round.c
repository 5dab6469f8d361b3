#define _POSIX_C_SOURCE 200809L
#include "delivery_round.h"

#include "child_state.h"
#include "common/base/bit_set.h"
#include "common/base/clock.h"
#include "common/base/descriptor.h"
#include "common/base/descriptor_poll.h"
#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"
#include "delivery.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	SLEEP_MS = 50, /* between two checks whether the world has failed */
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

/* Rank 0 needs an event of its own for its children, if there is none that all
 * ranks have. */
static bool open_event(struct delivery *delivery)
{
	const struct sweep_run *run = delivery->run;
	const int *shared = run->group->world->result_event;

	delivery->event = shared ? *shared : -1;
	if (shared || !is_root(run) || !run->isolate)
		return true;
	delivery->event = descriptor_event();
	delivery->own_event = delivery->event >= 0;
	return delivery->own_event;
}

static bool open_root(struct delivery *delivery)
{
	const struct sweep_run *run = delivery->run;

	delivery->streams =
	    calloc((size_t)run->group->world->size, sizeof(*delivery->streams));
	delivery->arrived = calloc(1, bits_bytes(run->sweep->count) + 1);
	return delivery->streams && delivery->arrived;
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
	if (!open_event(delivery))
		return error_sys("cohort_scatter: eventfd");
	if (is_root(run) && !open_root(delivery))
		return error_sys("cohort_scatter: calloc");
	if (run->isolate)
		seal_all(run);
	atomic_store(&own_state(run)->children, 0);
	atomic_store(&own_counters(run)->shown, run->sweep->store.used);
	return COHORT_OK;
}

void delivery_close(struct sweep_run *run)
{
	struct delivery *delivery = run->delivery;

	if (!delivery)
		return;
	for (int r = 0; delivery->streams && r < run->group->world->size; r++)
		free(delivery->streams[r].sent);
	if (delivery->own_event)
		descriptor_close(&delivery->event);
	reorder_free(&delivery->reorder);
	free(delivery->streams);
	free(delivery->arrived);
	free(delivery->copy);
	free(delivery);
	run->delivery = NULL;
}

void delivery_note_child(struct sweep_run *run, uint64_t key)
{
	struct rank_state *state = own_state(run);

	if (!run->delivery)
		return;
	run->sweep->store.key = key;
	atomic_store(&state->child_from, run->sweep->store.used);
	atomic_store(&state->children, run->children);
}

static void wake_root(const struct sweep_run *run)
{
	struct worker_stats *stats = run->group->world->stats;
	const uint64_t one = 1;
	const int saved = errno;

	if (!atomic_load(&stats->root_sleeps) ||
	    !atomic_exchange(&stats->root_sleeps, 0))
		return;
	ssize_t written = write(run->delivery->event, &one, sizeof(one));
	(void)written;
	errno = saved;
}

/* Sequentially consistent: either rank 0, which is about to sleep, sees the
 * record, or this process sees that it sleeps. */
static void show(const struct sweep_run *run, uint64_t bytes)
{
	atomic_store(&own_counters(run)->shown, bytes);
	if (run->delivery->event >= 0)
		wake_root(run);
}

void delivery_task_done(struct sweep_run *run, bool in_child, uint64_t bytes,
                        double seconds)
{
	struct delivery *delivery = run->delivery;

	if (in_child || !is_root(run)) {
		/* A child that runs singly leaves it to its rank, which first
		 * decides about the task. */
		if (!in_child || !run->singly)
			show(run, bytes);
		return;
	}
	atomic_store_explicit(&own_counters(run)->shown, bytes,
	                      memory_order_relaxed);
	delivery->seconds += seconds;
	if (++delivery->tasks >= TASKS_MOST ||
	    delivery->seconds > TASKS_SECONDS)
		delivery_poll(delivery, false);
}

void delivery_show_all(struct sweep_run *run)
{
	if (run->delivery)
		show(run, run->sweep->store.used);
}

/* Of the ranks that run tasks together. */
static uint64_t round_of(const struct sweep_run *run)
{
	return run->number << 16 | (run->passes & 0xffff);
}

static bool world_has_failed(const struct world *world)
{
	return world->failed && atomic_load(world->failed);
}

static bool all_have_ended(const struct sweep_run *run)
{
	const struct world *world = run->group->world;

	for (int r = 0; r < world->size; r++)
		if (r != world->rank &&
		    atomic_load(&world->states->ranks[r].ended) !=
		        round_of(run))
			return false;
	return true;
}

int delivery_event(const struct sweep_run *run)
{
	return run->delivery && is_root(run) ? run->delivery->event : -1;
}

void delivery_before_sleep(const struct sweep_run *run)
{
	if (!run->delivery || !is_root(run))
		return;
	atomic_store(&run->group->world->stats->root_sleeps, 1);
	delivery_poll(run->delivery, false);
}

void delivery_after_sleep(const struct sweep_run *run)
{
	uint64_t number;

	if (!run->delivery || !is_root(run))
		return;
	atomic_store(&run->group->world->stats->root_sleeps, 0);
	if (run->delivery->event < 0)
		return;
	ssize_t got = read(run->delivery->event, &number, sizeof(number));
	(void)got;
}

/* The sleep below ends at once, and looks for the end of the monitor and for
 * cohort_abort first. */
static bool ranks_are_lost(struct sweep_run *run)
{
	struct world *world = run->group->world;

	if (!world->survival)
		return false;
	struct survival_wait wait = {
	    .call = &run->call, .wakes = world->survival->wakes(world) - 1};
	return world->survival->sleep(world, &wait) != COHORT_OK;
}

/* Rank 0 waits for the other ranks here, and not in the exchange of statuses
 * that follows, where it could not hand over results. */
static void await_others(struct sweep_run *run)
{
	const struct world *world = run->group->world;
	const double timeout = run->group->timeout;
	const double end = clock_seconds() + timeout;

	while (!world_has_failed(world) && !ranks_are_lost(run)) {
		struct pollfd event = {.fd = run->delivery->event,
		                       .events = POLLIN};
		delivery_before_sleep(run);
		const bool ended = all_have_ended(run);
		if (!ended && (timeout == 0 || clock_seconds() < end))
			descriptor_poll_ms(&event, 1, SLEEP_MS);
		delivery_after_sleep(run);
		if (ended || (timeout > 0 && clock_seconds() > end))
			return;
	}
}

void delivery_end_round(struct sweep_run *run)
{
	if (!run->delivery)
		return;
	atomic_store(&own_counters(run)->shown, run->sweep->store.used);
	atomic_store(&own_state(run)->ended, round_of(run));
	if (run->delivery->event >= 0)
		wake_root(run);
	if (!is_root(run))
		return;
	if (run->group->world->result_event)
		await_others(run);
	delivery_poll(run->delivery, !world_has_failed(run->group->world));
}

cohort_status delivery_status(const struct sweep_run *run)
{
	const struct delivery *delivery = run->delivery;

	if (!delivery || !delivery->halted)
		return COHORT_OK;
	if (delivery->no_memory)
		return error_set(COHORT_ENOMEM,
		                 "cohort_scatter: no memory to put %zu results "
		                 "in order for on_result",
		                 delivery->reorder.count);
	return error_set(COHORT_ESTOPPED,
	                 "cohort_scatter: on_result returned %d for task %zu, "
	                 "and stopped the sweep",
	                 delivery->returned, delivery->stopper);
}
