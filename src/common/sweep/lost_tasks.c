#include "lost_tasks.h"

#include "common/base/bit_set.h"
#include "delivery.h"

#include <stdlib.h>
#include <string.h>

static const char function[] = "cohort_scatter";

static void mark_own_results(const struct result_store *store,
                             unsigned char *done)
{
	const void *data;
	const char *error;

	for (size_t offset = 0; offset < store->used;) {
		const struct record *record =
		    record_read(store->records, &offset, &data, &error);
		bits_add(done, (size_t)record->index);
	}
}

cohort_status lost_tasks_find(struct sweep_run *run)
{
	const struct sweep *sweep = run->sweep;
	const size_t bytes = bits_bytes(sweep->count);
	unsigned char *done = calloc(1, bytes);
	struct world *world = run->group->world;
	struct call call = run->call;

	if (!done)
		return group_give_up(run->group, &call,
		                     error_sys("%s: calloc", function));
	if (run->delivery && run->delivery->arrived && run->delivery->discards)
		memcpy(done, run->delivery->arrived, bytes);
	else
		mark_own_results(&sweep->store, done);
	call.op = COHORT_BOR;
	call.type = COHORT_UINT8;
	call.count = bytes;
	cohort_status status = group_finish(
	    run->group, world->backend->allreduce(world, &call, done, done));
	if (status == COHORT_OK && !todo_set(&run->todo, sweep->count, done))
		status = group_give_up(run->group, &call,
		                       error_sys("%s: malloc", function));
	free(done);
	return status;
}
