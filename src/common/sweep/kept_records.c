#include "kept_records.h"

#include "child_state.h"
#include "common/base/rank_states.h"
#include "common/base/region_allocator.h"
#include "common/base/worker_stats.h"
#include "delivery_state.h"
#include "step_publish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The records that rank r has of this sweep. */
struct rank_records {
	const unsigned char *start; /* NULL: none that others can read */
	size_t bytes;
};

/* Fails if the system refuses to let this process read them: they are there,
 * and their tasks must not run again. An address that is none is one that a
 * task has overwritten, and then there are no records. */
static cohort_status records_of(const struct sweep_run *run, int r,
                                size_t bytes, struct rank_records *out)
{
	const struct world *world = run->group->world;
	const struct rank_state *state = step_state(world, r);
	void *start = (void *)(uintptr_t)atomic_load(&state->store);

	*out = (struct rank_records){0};
	if (atomic_load(&state->store_sweep) != run->number || !start ||
	    bytes == 0)
		return COHORT_OK;
	if (world->regions->use(world->regions, start, 0, bytes))
		*out = (struct rank_records){start, bytes};
	else if (errno != EFAULT)
		return error_sys("cohort_scatter: cannot reach the results "
		                 "that rank %d has: mprotect",
		                 r);
	return COHORT_OK;
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
static cohort_status copy_arrived(const struct sweep_run *run, bool agreed,
                                  unsigned char **out)
{
	const struct world *world = run->group->world;
	const size_t bytes = bits_bytes(run->sweep->count) + 1;
	unsigned char *sets =
	    (void *)(uintptr_t)atomic_load(&world->states->arrived);
	unsigned char *done = malloc(bytes);

	if (!sets || !done ||
	    !world->regions->use(world->regions, sets, 0, 2 * bytes)) {
		const cohort_status status =
		    error_sys("cohort_scatter: malloc and mprotect");
		free(done);
		return status;
	}
	*out = memcpy(done, agreed ? sets + bytes : sets, bytes);
	return COHORT_OK;
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
static cohort_status believe_dead(const struct sweep_run *run, int r,
                                  size_t *believed)
{
	const struct world *world = run->group->world;
	const size_t bytes =
	    (size_t)atomic_load(&world->stats->ranks[r].stored);
	struct rank_records records;
	uint64_t child = 0;
	size_t offset = 0;
	const void *data;
	const char *error;

	*believed = bytes;
	if (!run->isolate)
		return COHORT_OK;
	const cohort_status status = records_of(run, r, bytes, &records);
	while (offset < records.bytes &&
	       record_fits(records.start, offset, records.bytes,
	                   run->sweep->count) &&
	       is_intact(world, r, records, offset, &child))
		record_read(records.start, &offset, &data, &error);
	*believed = offset;
	return status;
}

static cohort_status believe(const struct sweep_run *run, int r,
                             size_t *believed)
{
	const struct world *world = run->group->world;

	if (r != world->rank && world->survival->is_dead(world, r))
		return believe_dead(run, r, believed);
	*believed = r == world->rank
	                ? run->sweep->store.used
	                : (size_t)atomic_load(&step_state(world, r)->rested_at);
	return COHORT_OK;
}

static cohort_status mark_rank(const struct sweep_run *run, int r, bool agreed,
                               unsigned char *done)
{
	struct rank_records records = {0};
	size_t bytes = 0;
	cohort_status status = COHORT_OK;

	if (agreed)
		bytes = (size_t)atomic_load(
		    &step_state(run->group->world, r)->agreed);
	else
		status = believe(run, r, &bytes);
	if (status == COHORT_OK)
		status = records_of(run, r, bytes, &records);
	mark_records(records, run->sweep->count, done);
	return status;
}

cohort_status kept_records_done(struct sweep_run *run, bool agreed,
                                unsigned char **out)
{
	const struct world *world = run->group->world;

	if (are_released(run))
		return copy_arrived(run, agreed, out);
	unsigned char *done = calloc(1, bits_bytes(run->sweep->count) + 1);
	if (!done)
		return error_sys("cohort_scatter: calloc");
	cohort_status status = COHORT_OK;
	for (int r = 0; r < world->size && status == COHORT_OK; r++)
		status = mark_rank(run, r, agreed, done);
	if (status == COHORT_OK)
		*out = done;
	else
		free(done);
	return status;
}

cohort_status kept_records_agree(struct sweep_run *run)
{
	const struct world *world = run->group->world;
	cohort_status status = COHORT_OK;

	if (are_released(run))
		memcpy(run->delivery->agreed, run->delivery->arrived,
		       bits_bytes(run->sweep->count) + 1);
	for (int r = 0; r < world->size; r++) {
		struct rank_counters *counters = &world->stats->ranks[r];
		struct rank_state *state = step_state(world, r);
		const bool took_part =
		    atomic_load(&state->store_sweep) == run->number;
		size_t bytes = 0;
		cohort_status believed = COHORT_OK;
		if (!are_released(run))
			believed = believe(run, r, &bytes);
		else if (r == 0)
			bytes = run->delivery->kept.used;
		status = status == COHORT_OK ? believed : status;
		atomic_store(&state->agreed, took_part ? bytes : STEP_NONE);
		/* A rank that died after a claim left tasks there, as
		 * numbers in a list that is not valid any more. */
		atomic_store(&counters->steal_slot, 0);
	}
	return status;
}
