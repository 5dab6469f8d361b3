#include "common/base/worker_stats.h"
#include "held_failure.h"

/* If this rank dies meanwhile, its task is taken for one that it had not begun.
 */
void cohort_task_keep_doubted(cohort_task *task)
{
	struct worker *worker = task->worker;
	const struct world *world = task->run->group->world;
	_Atomic uint64_t *running =
	    &world->stats->ranks[world->stats_index].running;
	const uint64_t own = atomic_load(running);

	if (!worker->held || worker->held->count == 0 ||
	    task->sweep->store.open > 0)
		return;
	/* What cannot be kept is missing at the end, and run again. */
	(void)!held_failures_keep(worker->held, worker);
	atomic_store(running, own);
}
