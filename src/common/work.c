/*
 * Claiming and running tasks. A claim is one atomic addition. Without a chunk
 * asked for, `dynamic` claims so many tasks at once that the claim's cost
 * vanishes beside theirs, CLAIM_MOST at the most, and goes back to one as soon
 * as they take long or few are left: then a claim too many would cost balance.
 */
#include "work.h"

#include "board.h"
#include "partition.h"
#include "slate.h"
#include "stop.h"

#include <stdio.h>

enum { CLAIM_MOST = 16 };

#define CLAIM_SECONDS 20e-6 /* that a claim's tasks may take, if not one */

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

uint64_t work_tickets(const struct run *run)
{
	const size_t count = run->todo.count;

	if (count == 0)
		return 0;
	switch (run->schedule) {
	case COHORT_STATIC:
		return 0;
	case COHORT_GUIDED:
		return partition_guided_tickets(count, (size_t)run->workers,
		                                run->chunk ? run->chunk : 1);
	default:
		return partition_chunk_tickets(count,
		                               run->chunk ? run->chunk : 1);
	}
}

/* What `tickets` stand for. */
static struct range range_of(const struct run *run,
                             const struct tickets_run *tickets)
{
	const size_t count = run->todo.count;

	if (tickets->count == 0)
		return (struct range){count, 0};
	if (run->schedule == COHORT_GUIDED)
		return partition_guided(count, (size_t)run->workers,
		                        run->chunk ? run->chunk : 1,
		                        tickets->first);
	if (run->chunk > 0)
		return partition_chunk(count, run->chunk, tickets->first);
	return (struct range){(size_t)tickets->first, (size_t)tickets->count};
}

static cohort_status claim_tickets(struct worker *worker,
                                   struct tickets_run *out)
{
	struct world *world = worker->run->group->world;

	if (worker->slate && !world->copies_claim)
		return slate_ask(worker->slate, worker->stand.most, out);
	return world->backend->tickets_claim(world, worker->stand.most, out);
}

static cohort_status claim(struct worker *worker)
{
	const struct run *run = worker->run;
	struct stand *stand = &worker->stand;
	struct range range = {0, 0};
	cohort_status status = COHORT_OK;

	if (run->schedule != COHORT_STATIC) {
		struct tickets_run tickets;
		status = claim_tickets(worker, &tickets);
		if (status == COHORT_OK)
			range = range_of(run, &tickets);
	} else if (!stand->dealt) {
		range =
		    partition_block(run->todo.count, run->able, run->before);
		stand->dealt = true;
	}
	stand->next = range.begin;
	stand->end = range.begin + range.count;
	return status;
}

/* How many to claim the next time, after `count` tasks in `seconds`. */
static void adapt(struct worker *worker, size_t count, double seconds)
{
	const struct run *run = worker->run;
	struct stand *stand = &worker->stand;
	const size_t left = run->todo.count - stand->end;
	const size_t fair = left / run->able / 2;

	if (run->schedule != COHORT_DYNAMIC || run->chunk > 0)
		return;
	if (seconds > CLAIM_SECONDS)
		stand->most = 1;
	else if (count == stand->most && stand->most < CLAIM_MOST)
		stand->most *= 2;
	if (stand->most > fair)
		stand->most = fair > 0 ? fair : 1;
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

static cohort_status run_next(struct worker *worker, double *seconds)
{
	struct run *run = worker->run;
	struct record record;

	worker->task.index = todo_index(&run->todo, worker->stand.next);
	worker->task.attempt = worker->stand.attempt;
	note_running(worker, worker->task.index);
	if (worker->slate)
		slate_task_begins(worker);
	const char *error = task_run(&worker->task, run->job->execute, &record);
	*seconds += record.seconds;
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

	while (status == COHORT_OK) {
		const size_t first = stand->next;
		double seconds = 0;
		while (stand->next < stand->end && status == COHORT_OK) {
			if (is_over(worker))
				return COHORT_OK;
			status = run_next(worker, &seconds);
		}
		if (status == COHORT_OK && stand->next > first)
			adapt(worker, stand->next - first, seconds);
		if (status == COHORT_OK)
			status = claim(worker);
		if (worker->slate)
			slate_keep_stand(worker);
		if (stand->next == stand->end)
			return status;
	}
	return status;
}
