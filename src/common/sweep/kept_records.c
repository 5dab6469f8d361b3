#include "kept_records.h"

#include "child_state.h"
#include "common/base/rank_states.h"
#include "common/base/region_allocator.h"
#include "common/base/worker_stats.h"
#include "delivery_state.h"
#include "step_publish.h"

#include <stdlib.h>
#include <string.h>

/* The records that rank r has of this sweep. */
struct rank_records {
	const unsigned char *start; /* NULL: none that others can read */
	size_t bytes;
};

static struct rank_records records_of(const struct sweep_run *run, int r,
                                      size_t bytes)
{
	const struct world *world = run->group->world;
	const struct rank_state *state = step_state(world, r);
	void *start = (void *)(uintptr_t)atomic_load(&state->store);

	if (atomic_load(&state->store_sweep) != run->number || !start ||
	    bytes == 0 || !world->regions->use(world->regions, start, 0, bytes))
		return (struct rank_records){0};
	return (struct rank_records){start, bytes};
}

/* A rank may have died while it wrote, or an isolated task may have written
 * there: stop at the first record that cannot be. */
static void mark_records(struct rank_records records, size_t count,
                         unsigned char *done)
{
	const void *data;
	const char *error;

	for (size_t offset = 0; offset < records.bytes;) {
		if (!record_fits(records.start, offset, records.bytes, count))
			return;
		const struct record *record =
		    record_read(records.start, &offset, &data, &error);
		bits_add(done, (size_t)record->index);
	}
}

static bool are_released(const struct sweep_run *run)
{
	return run->delivery && run->delivery->discards;
}

/* The tasks that rank 0 has results of, as it publishes them (delivery.c). */
static unsigned char *copy_arrived(const struct sweep_run *run, bool agreed)
{
	const struct world *world = run->group->world;
	const size_t bytes = bits_bytes(run->sweep->count) + 1;
	unsigned char *sets =
	    (void *)(uintptr_t)atomic_load(&world->states->arrived);
	unsigned char *done = malloc(bytes);

	if (!sets || !done ||
	    !world->regions->use(world->regions, sets, 0, 2 * bytes)) {
		error_sys("cohort_scatter: malloc");
		free(done);
		return NULL;
	}
	return memcpy(done, agreed ? sets + bytes : sets, bytes);
}

void kept_records_publish(const struct sweep_run *run)
{
	const struct delivery *delivery = run->delivery;
	const struct world *world = run->group->world;

	/* Nobody but rank 0 reads its own records while tasks run. */
	if (delivery->discards && world->rank == 0)
		atomic_store(&step_state(world, 0)->store,
		             (uintptr_t)delivery->kept.region);
}

/* Whether the rank itself has written the record: it seals none, but writes
 * failures only. */
static bool is_own_failure(const struct record *record, int r)
{
	return record->seal == 0 && record->status == COHORT_ETASK &&
	       record->rank == r && record->attempts > 0 &&
	       record->error_bytes > 0;
}

/* Whether the record is as child number *child of the rank, or a later one, has
 * written it, or the rank. Sets *child to that child. */
static bool is_intact(const struct world *world, int r,
                      struct rank_records records, size_t offset,
                      uint64_t *child)
{
	const struct rank_state *state = step_state(world, r);
	const struct record *record = (const void *)(records.start + offset);
	const uint64_t key = atomic_load(&state->key);
	const uint64_t last = atomic_load(&state->children);

	if (is_own_failure(record, r))
		return true;
	for (uint64_t c = *child; c <= last; c++)
		if (record_is_sealed(records.start + offset,
		                     records.bytes - offset, offset,
		                     child_state_key(key, c))) {
			*child = c;
			return true;
		}
	return false;
}

/* How many bytes of a rank's results can be believed. What a living rank says,
 * which rests, is true: it has checked its children's records. A rank that has
 * died may not have checked the last ones, which a task may have destroyed
 * before that; the tasks behind the first bad one run again. */
static size_t believed_bytes(const struct sweep_run *run, int r)
{
	const struct world *world = run->group->world;
	const size_t bytes =
	    (size_t)atomic_load(&world->stats->ranks[r].stored);
	uint64_t child = 0;
	size_t offset = 0;
	const void *data;
	const char *error;

	if (r == world->rank)
		return run->sweep->store.used;
	if (!world->survival->is_dead(world, r))
		return (size_t)atomic_load(&step_state(world, r)->rested_at);
	if (!run->isolate)
		return bytes;
	const struct rank_records records = records_of(run, r, bytes);
	while (offset < records.bytes &&
	       record_fits(records.start, offset, records.bytes,
	                   run->sweep->count) &&
	       is_intact(world, r, records, offset, &child))
		record_read(records.start, &offset, &data, &error);
	return offset;
}

unsigned char *kept_records_done(struct sweep_run *run, bool agreed)
{
	const struct world *world = run->group->world;

	if (are_released(run))
		return copy_arrived(run, agreed);
	unsigned char *done = calloc(1, bits_bytes(run->sweep->count) + 1);

	for (int r = 0; done && r < world->size; r++) {
		const size_t bytes =
		    agreed ? (size_t)atomic_load(&step_state(world, r)->agreed)
		           : believed_bytes(run, r);
		mark_records(records_of(run, r, bytes), run->sweep->count,
		             done);
	}
	if (!done)
		error_sys("cohort_scatter: calloc");
	return done;
}

void kept_records_agree(struct sweep_run *run)
{
	const struct world *world = run->group->world;

	if (are_released(run))
		memcpy(run->delivery->agreed, run->delivery->arrived,
		       bits_bytes(run->sweep->count) + 1);
	for (int r = 0; r < world->size; r++) {
		struct rank_counters *counters = &world->stats->ranks[r];
		struct rank_state *state = step_state(world, r);
		const bool took_part =
		    atomic_load(&state->store_sweep) == run->number;
		uint64_t bytes;
		if (are_released(run))
			bytes = r == 0 ? run->delivery->kept.used : 0;
		else
			bytes = believed_bytes(run, r);
		atomic_store(&state->agreed, took_part ? bytes : STEP_NONE);
		/* A rank that died after a claim left tasks there, as
		 * numbers in a list that is not valid any more. */
		atomic_store(&counters->steal_slot, 0);
	}
}
