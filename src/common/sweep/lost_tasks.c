#include "lost_tasks.h"
#include "common/core/group_call.h"

#include "common/base/bit_set.h"
#include "delivery.h"
#include "status_exchange.h"

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

/* All ranks have `done` and `reserved`. */
static cohort_status find_together(struct sweep_run *run, unsigned char *done,
                                   struct todo *reserved)
{
	const struct sweep *sweep = run->sweep;
	const size_t bytes = bits_bytes(sweep->count);
	struct world *world = run->group->world;
	struct call call = run->call;

	if (run->delivery && run->delivery->arrived && run->delivery->discards)
		memcpy(done, run->delivery->arrived, bytes);
	else
		mark_own_results(&sweep->store, done);
	call.op = COHORT_BOR;
	call.type = COHORT_UINT8;
	call.count = bytes;
	cohort_status status = group_finish(
	    run->group, world->backend->allreduce(world, &call, done, done));
	if (status != COHORT_OK)
		return status;
	todo_fill(&run->todo, *reserved, sweep->count, done);
	*reserved = (struct todo){0};
	return COHORT_OK;
}

cohort_status lost_tasks_find(struct sweep_run *run)
{
	const size_t count = run->sweep->count;
	unsigned char *done = calloc(1, bits_bytes(count));
	struct todo reserved = {0};
	cohort_status status = COHORT_OK;

	if (!done || !todo_reserve(count, &reserved))
		status = error_sys(
		    "%s: rank %d has no memory for a list of tasks that were "
		    "lost: malloc",
		    function, run->group->world->rank);
	status = status_agree(run, status);
	if (status == COHORT_OK)
		status = find_together(run, done, &reserved);
	todo_clear(&reserved);
	free(done);
	return status;
}
