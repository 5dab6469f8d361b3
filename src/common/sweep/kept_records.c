#include "kept_records.h"

#include "common/base/rank_states.h"
#include "common/base/region_allocator.h"
#include "common/base/worker_stats.h"
#include "step_publish.h"

#include <stdlib.h>

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

unsigned char *kept_records_done(struct sweep_run *run, bool agreed)
{
	const struct world *world = run->group->world;
	unsigned char *done = calloc(1, bits_bytes(run->sweep->count) + 1);

	for (int r = 0; done && r < world->size; r++) {
		const size_t bytes = (size_t)atomic_load(
		    agreed ? &step_state(world, r)->agreed
		           : &world->stats->ranks[r].stored);
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

	for (int r = 0; r < world->size; r++) {
		struct rank_counters *counters = &world->stats->ranks[r];
		struct rank_state *state = step_state(world, r);
		const bool took_part =
		    atomic_load(&state->store_sweep) == run->number;
		atomic_store(&state->agreed,
		             took_part ? atomic_load(&counters->stored)
		                       : STEP_NONE);
		/* A rank that died after a claim left tasks there, as
		 * numbers in a list that is not valid any more. */
		atomic_store(&counters->steal_slot, 0);
	}
}
