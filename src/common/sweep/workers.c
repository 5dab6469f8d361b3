#include "workers.h"

#include "common/core/callback.h"
#include "common/core/group_list.h"
#include "status_exchange.h"
#include "survivors.h"

#include <stdlib.h>

static const char function[] = "cohort_scatter";

void workers_choose(struct sweep_run *run)
{
	struct world *world = run->group->world;
	const size_t idle = run->job->idle_root && world->size > 1;
	const size_t most = (size_t)world->size - idle;

	run->first_worker = (int)idle;
	run->workers = (int)(run->todo.count < most ? run->todo.count : most);
	for (int r = 0; world->works && r < world->size; r++)
		world->works[r] = r >= run->first_worker &&
		                  r - run->first_worker < run->workers;
}

void workers_build(struct sweep_run *run)
{
	const cohort_job *job = run->job;
	const int number = run->group->world->rank - run->first_worker;

	run->state = job->build ? NULL : job->arg;
	if (number < 0 || number >= run->workers)
		return;
	CALLBACK_GUARD callback = {"cohort_scatter: the job's build",
	                           run->group->world->rank, false,
	                           process_mark_own()};
	group_set_callback("build");
	const int returned = job->build ? job->build(job->arg, &run->state) : 0;
	callback_returned(&callback);
	group_set_callback(NULL);
	run->built = returned == 0;
	if (!run->built)
		error_set(COHORT_EBUILD, "%s: build returned %d on rank %d",
		          function, returned, run->group->world->rank);
}

cohort_status workers_agree(struct sweep_run *run, cohort_status mine)
{
	struct world *world = run->group->world;
	const struct rank_status own = {.built = run->built,
	                                .status = (int32_t)mine};
	struct statuses statuses;

	survivors_ready(run, mine);
	cohort_status status = status_exchange(run, &own, &statuses);

	if (status != COHORT_OK)
		return status;
	for (int r = 0; r < world->size; r++) {
		run->able += statuses.of[r].built != 0;
		run->before += r < world->rank && statuses.of[r].built;
		if (world->works)
			world->works[r] = statuses.of[r].built;
	}
	status = status_failure(run, &statuses);
	if (status == COHORT_OK && run->workers > 0 && run->able == 0)
		return error_set(COHORT_EBUILD,
		                 "%s: build failed on all workers (%d), and no "
		                 "task was run: see why the job's build "
		                 "returns other than 0",
		                 function, run->workers);
	return status;
}

void workers_tear_down(const struct sweep_run *run)
{
	if (!run->built || !run->job->teardown)
		return;
	CALLBACK_GUARD callback = {"cohort_scatter: the job's teardown",
	                           run->group->world->rank, false,
	                           process_mark_own()};

	group_set_callback("teardown");
	run->job->teardown(run->state);
	callback_returned(&callback);
	group_set_callback(NULL);
}
