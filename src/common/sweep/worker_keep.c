#include "worker_keep.h"

#include "common/base/worker_stats.h"

void worker_count(const struct worker *worker)
{
	struct rank_counters *counters = worker->counters;

	/* Tasks of this rank that have failed, as far as it knows. */
	const uint64_t held = worker->held ? worker->held->count : 0;

	worker->run->done = worker->cursor.done;
	worker->run->failed = worker->cursor.failed;
	counter_write(&counters->failed, worker->cursor.failed + held);
	counter_write(&counters->done, worker->cursor.done + held);
	/* Release, in this order: should the rank die, the others find either
	 * the task's result or the task. */
	atomic_store_explicit(&counters->stored, worker->cursor.stored.used,
	                      memory_order_release);
	counter_write(&counters->running, 0);
}

cohort_status worker_add(struct worker *worker, struct record *record,
                         const char *error)
{
	struct sweep_run *run = worker->run;
	struct cursor *cursor = &worker->cursor;
	struct result_store *store = &run->sweep->store;

	record->rank = worker->task.rank;
	cohort_status status = result_store_add(store, record, error);
	if (status != COHORT_OK)
		return status;
	if (run->checkpoint.writer)
		checkpoint_write(&run->checkpoint, run->sweep, &cursor->stored);
	cursor->stored = result_store_mark(store);
	cursor->journaled = checkpoint_written(&run->checkpoint);
	cursor->done++;
	cursor->failed += record->status != COHORT_OK;
	if (run->has_deadline)
		durations_add(&run->group->world->stats->durations,
		              record->seconds);
	worker_count(worker);
	return COHORT_OK;
}

void worker_note_asked(struct worker *worker, size_t index)
{
	const unsigned asked = asked_published(worker->asked.published, index);

	worker->cursor.asked |= (uint16_t)asked;
}

void worker_move_on(struct worker *worker)
{
	struct cursor *cursor = &worker->cursor;

	/* Parts of a word that is read as one soon (child_state.c). */
	if (cursor->attempt || cursor->asked) {
		cursor->attempt = 0;
		cursor->asked = 0;
	}
	cursor->next++;
}

cohort_status worker_keep(struct worker *worker, struct record *record,
                          const char *error)
{
	cohort_status status = worker_add(worker, record, error);

	if (status == COHORT_OK)
		worker_move_on(worker);
	return status;
}
