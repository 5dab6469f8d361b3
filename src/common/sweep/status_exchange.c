#include "status_exchange.h"
#include "common/core/group_call.h"

#include <string.h>

_Static_assert(sizeof(struct rank_status) + sizeof(size_t) <=
                   WORLD_SCRATCH_BYTES,
               "the statuses of all ranks fit into the scratch memory");

static bool breaks_groups(cohort_status status)
{
	return status == COHORT_EMISMATCH || status == COHORT_EPEER ||
	       status == COHORT_ETIMEOUT || status == COHORT_EINTERRUPTED;
}

cohort_status status_share(struct sweep_run *run, int from,
                           cohort_status failure)
{
	struct world *world = run->group->world;
	struct call call = run->call;
	char sentence[ERROR_BYTES];

	memcpy(sentence, cohort_error(), ERROR_BYTES);
	call.root = from;
	cohort_status status = group_finish(
	    run->group,
	    world->backend->bcast(world, &call, sentence, ERROR_BYTES));
	if (status != COHORT_OK)
		return status;
	error_set(failure, "%s", sentence);
	run->shared = true;
	return breaks_groups(failure) ? group_finish(run->group, failure)
	                              : failure;
}

cohort_status status_exchange(struct sweep_run *run,
                              const struct rank_status *mine,
                              struct statuses *out)
{
	struct world *world = run->group->world;
	const int size = world->size;
	struct rank_status *all = world->scratch;
	size_t *counts = (size_t *)(all + size);
	struct call call = run->call;

	call.counts = COUNTS_OWN;
	call.count = 1;
	for (int r = 0; r < size; r++)
		counts[r] = 1;
	const cohort_status status = group_finish(
	    run->group, world->backend->allgatherv(world, &call, mine, all,
	                                           counts, sizeof(*mine)));
	if (status != COHORT_OK)
		return status;
	*out = (struct statuses){.of = all, .failed = -1};
	for (int r = world->size - 1; r >= 0; r--)
		if (all[r].status != COHORT_OK)
			out->failed = r;
	return COHORT_OK;
}

cohort_status status_failure(struct sweep_run *run,
                             const struct statuses *statuses)
{
	const int failed = statuses->failed;

	if (failed < 0)
		return COHORT_OK;
	return status_share(run, failed,
	                    (cohort_status)statuses->of[failed].status);
}

cohort_status status_agree(struct sweep_run *run, cohort_status mine)
{
	const struct rank_status own = {.status = (int32_t)mine};
	struct statuses statuses;
	cohort_status status = status_exchange(run, &own, &statuses);

	if (status != COHORT_OK)
		return status;
	return status_failure(run, &statuses);
}
