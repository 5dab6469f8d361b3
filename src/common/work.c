#include "work.h"

#include "board.h"
#include "claim.h"
#include "slate.h"
#include "stop.h"

void work_begin(struct run *run, struct worker *out)
{
	const struct world *world = run->group->world;
	const struct tally *tally = &world->board->tallies[world->seat];

	*out = (struct worker){
	    .run = run,
	    .stand = {.most = 1,
	              .done = atomic_load(&tally->done),
	              .failed = atomic_load(&tally->failed),
	              .stored = store_mark(&run->sweep->store),
	              .journaled = resume_written(&run->resume)},
	    .task = {.sweep = run->sweep,
	             .state = run->state,
	             .seed = run->job->seed},
	};
}

void work_tally(const struct worker *worker)
{
	struct world *world = worker->run->group->world;
	struct tally *tally = &world->board->tallies[world->seat];

	atomic_store_explicit(&tally->failed, worker->stand.failed,
	                      memory_order_relaxed);
	atomic_store_explicit(&tally->done, worker->stand.done,
	                      memory_order_relaxed);
	atomic_store_explicit(&tally->running, 0, memory_order_relaxed);
}

/* For those who are to say what this rank died of. */
static void note_running(const struct worker *worker, size_t index)
{
	struct world *world = worker->run->group->world;

	atomic_store_explicit(&world->board->tallies[world->seat].running,
	                      index + 1, memory_order_relaxed);
}

cohort_status work_keep(struct worker *worker, struct record *record,
                        const char *error)
{
	struct run *run = worker->run;
	struct stand *stand = &worker->stand;
	struct store *store = &run->sweep->store;

	record->rank = run->group->world->rank;
	cohort_status status = store_add(store, record, error);
	if (status != COHORT_OK)
		return status;
	if (run->resume.writer)
		resume_write(&run->resume, store, &stand->stored);
	stand->stored = store_mark(store);
	stand->journaled = resume_written(&run->resume);
	stand->attempt = 0;
	stand->next++;
	stand->done++;
	stand->failed += record->status != COHORT_OK;
	work_tally(worker);
	return COHORT_OK;
}

static cohort_status run_next(struct worker *worker)
{
	struct run *run = worker->run;
	struct record record;

	worker->task.index = pending_index(&run->pending, worker->stand.next);
	worker->task.attempt = worker->stand.attempt;
	if (worker->slate)
		slate_task_begins(worker);
	else
		note_running(worker, worker->task.index);
	const char *error = task_run(&worker->task, run->job->execute, &record);
	worker->seconds += record.seconds;
	worker->ran++;
	cohort_status status = work_keep(worker, &record, error);
	if (worker->slate)
		slate_task_ends(worker);
	return status;
}

static bool is_over(const struct worker *worker)
{
	return stop_signal(worker->run->group) ||
	       (worker->slate && slate_halted(worker->slate));
}

cohort_status work_on(struct worker *worker)
{
	struct stand *stand = &worker->stand;
	cohort_status status = COHORT_OK;

	for (;;) {
		while (stand->next < stand->end && status == COHORT_OK) {
			if (is_over(worker))
				return COHORT_OK;
			status = run_next(worker);
		}
		if (status == COHORT_OK)
			status = claim_next(worker);
		if (worker->slate)
			slate_keep_stand(worker);
		if (status != COHORT_OK || stand->next == stand->end)
			return status;
	}
}
