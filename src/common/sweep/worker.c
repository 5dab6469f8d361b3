#include "worker.h"

#include "child_state.h"
#include "common/base/worker_stats.h"
#include "scheduler.h"
#include "signal_stop.h"

void worker_begin(struct sweep_run *run, struct worker *out)
{
	const struct world *world = run->group->world;
	const struct rank_counters *rank_counters =
	    &world->stats->ranks[world->stats_index];

	*out = (struct worker){
	    .run = run,
	    .cursor = {.most = 1,
	               .done = atomic_load(&rank_counters->done),
	               .failed = atomic_load(&rank_counters->failed),
	               .stored = store_mark(&run->sweep->store),
	               .journaled = checkpoint_written(&run->checkpoint)},
	    .task = {.sweep = run->sweep,
	             .state = run->state,
	             .seed = run->job->seed},
	};
}

void worker_count(const struct worker *worker)
{
	struct world *world = worker->run->group->world;
	struct rank_counters *rank_counters =
	    &world->stats->ranks[world->stats_index];

	atomic_store_explicit(&rank_counters->failed, worker->cursor.failed,
	                      memory_order_relaxed);
	atomic_store_explicit(&rank_counters->done, worker->cursor.done,
	                      memory_order_relaxed);
	atomic_store_explicit(&rank_counters->running, 0, memory_order_relaxed);
}

/* For those who are to say what this rank died of. */
static void note_running(const struct worker *worker, size_t index)
{
	struct world *world = worker->run->group->world;

	atomic_store_explicit(&world->stats->ranks[world->stats_index].running,
	                      index + 1, memory_order_relaxed);
}

cohort_status worker_keep(struct worker *worker, struct record *record,
                          const char *error)
{
	struct sweep_run *run = worker->run;
	struct cursor *cursor = &worker->cursor;
	struct result_store *store = &run->sweep->store;

	record->rank = run->group->world->rank;
	cohort_status status = store_add(store, record, error);
	if (status != COHORT_OK)
		return status;
	if (run->checkpoint.writer)
		checkpoint_write(&run->checkpoint, store, &cursor->stored);
	cursor->stored = store_mark(store);
	cursor->journaled = checkpoint_written(&run->checkpoint);
	cursor->attempt = 0;
	cursor->next++;
	cursor->done++;
	cursor->failed += record->status != COHORT_OK;
	worker_count(worker);
	return COHORT_OK;
}

static cohort_status run_next(struct worker *worker)
{
	struct sweep_run *run = worker->run;
	struct record record;

	worker->task.index = todo_index(&run->todo, worker->cursor.next);
	worker->task.attempt = worker->cursor.attempt;
	if (worker->child_state)
		child_state_task_begins(worker);
	else
		note_running(worker, worker->task.index);
	const char *error = task_run(&worker->task, run->job->execute, &record);
	worker->seconds += record.seconds;
	worker->ran++;
	cohort_status status = worker_keep(worker, &record, error);
	if (worker->child_state)
		child_state_task_ends(worker);
	return status;
}

static bool is_over(const struct worker *worker)
{
	return signal_stop_pending(worker->run->group->world->stats) ||
	       (worker->child_state && child_state_halted(worker->child_state));
}

cohort_status worker_run(struct worker *worker)
{
	struct cursor *cursor = &worker->cursor;
	cohort_status status = COHORT_OK;

	for (;;) {
		while (cursor->next < cursor->end && status == COHORT_OK) {
			if (is_over(worker))
				return COHORT_OK;
			status = run_next(worker);
		}
		if (status == COHORT_OK)
			status = scheduler_next(worker);
		if (worker->child_state)
			child_state_keep_cursor(worker);
		if (status != COHORT_OK || cursor->next == cursor->end)
			return status;
	}
}
