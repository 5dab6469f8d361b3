#define _POSIX_C_SOURCE 200809L
#include "delivery_open.h"

#include "child_state.h"
#include "common/base/bit_set.h"
#include "common/base/descriptor.h"
#include "common/base/region_allocator.h"
#include "delivery.h"
#include "delivery_file_offer.h"
#include "delivery_flow.h"
#include "delivery_mail.h"
#include "delivery_resumed.h"

#include <errno.h>
#include <stdlib.h>

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
	if (!delivery->sets)
		return false;
	if (room < 2 * bytes) {
		errno = ENOMEM;
		return false;
	}
	if (!world->regions->use(world->regions, delivery->sets, 0, 2 * bytes))
		return false;
	/* The results that are kept need the rest. */
	world->regions->trim(world->regions, delivery->sets, 2 * bytes);
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

/* The store becomes one of two halves. */
static void open_halves(struct delivery *delivery)
{
	struct sweep_run *run = delivery->run;
	const struct world *world = run->group->world;
	struct result_store *store = &run->sweep->store;

	delivery->segment = delivery_segment(world->size);
	result_store_halve(store);
	atomic_store(&delivery_own_state(run)->half, store->half);
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
	atomic_store(&delivery_own_state(run)->key, run->first_key);
	for (size_t place = 0; place < store->used;) {
		const size_t start = place;
		record_read(store->records, &place, &data, &error);
		record_seal(store->records + start, start, store->key);
	}
}

/* Where this rank's records are, and how far rank 0 has read them. */
static void reset_state(struct sweep_run *run)
{
	struct rank_state *state = delivery_own_state(run);

	atomic_store(&state->children, 0);
	atomic_store(&state->reread_from, UINT64_MAX);
	atomic_store(&state->turns, 0);
	atomic_store(&state->taken, 0);
	atomic_store(&state->blocked, 0);
	atomic_store(&state->limit, UINT64_MAX);
	atomic_store(&state->mailed, 0);
	atomic_store(&delivery_own_counters(run)->shown,
	             run->sweep->store.used);
}

static cohort_status open_mail(struct delivery *delivery)
{
	const struct sweep_run *run = delivery->run;

	if (!delivery_mail_is_used(run))
		return COHORT_OK;
	if (!is_root(run) && !open_streams(delivery))
		return error_sys("cohort_scatter: calloc");
	return delivery_mail_open(delivery);
}

/* The system may refuse a region for another reason than memory. */
static cohort_status refuse_store(const struct sweep_run *run)
{
	const int rank = run->group->world->rank;

	errno = run->sweep->store.refused;
	if (errno && errno != ENOMEM)
		return error_sys("cohort_scatter: memory of rank %d that rank "
		                 "0 can read, for results that on_result "
		                 "gets, cannot be had by mprotect",
		                 rank);
	return error_set(COHORT_ENOMEM,
	                 "cohort_scatter: rank %d has no memory that rank 0 "
	                 "can read for results that on_result gets: free "
	                 "memory of cohort_alloc, or results of earlier sweeps",
	                 rank);
}

cohort_status delivery_open(struct sweep_run *run)
{
	const struct world *world = run->group->world;

	if (!run->job->on_result)
		return COHORT_OK;
	if (world->result_event && !run->sweep->store.regions)
		return refuse_store(run);
	struct delivery *delivery = calloc(1, sizeof(*delivery));
	if (!delivery)
		return error_sys("cohort_scatter: calloc");
	run->delivery = delivery;
	delivery->run = run;
	delivery->event = -1;
	delivery->discards = run->job->discard;
	if (!open_event(delivery))
		return error_sys("cohort_scatter: eventfd");
	delivery_file_offer(run);
	atomic_store(&delivery_own_state(run)->half, 0);
	if (delivery->discards)
		open_halves(delivery);
	if (is_root(run) && !open_root(delivery))
		return error_sys("cohort_scatter: memory for results as they "
		                 "come cannot be had by calloc, mmap and "
		                 "mprotect");
	const cohort_status status = open_mail(delivery);
	if (status != COHORT_OK)
		return status;
	if (run->isolate)
		seal_all(run);
	reset_state(run);
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
		descriptor_event_close(&delivery->event);
	reorder_free(&delivery->reorder);
	delivery_resumed_close(delivery);
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
