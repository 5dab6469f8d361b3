#include "worker.h"

#include "common/base/clock.h"
#include "common/base/flush_streams.h"
#include "common/base/worker_stats.h"
#include "deadline_stop.h"
#include "delivery_flow.h"
#include "delivery_round.h"
#include "held_failure.h"
#include "survivors.h"
#include "sweep_stop.h"
#include "worker_keep.h"

/* Between two looks for crashed ranks. */
enum { LOOK_NS = 100000000 };

void worker_begin(struct sweep_run *run, struct worker *out)
{
	const struct world *world = run->group->world;
	struct rank_counters *counters =
	    &world->stats->ranks[world->stats_index];

	*out = (struct worker){
	    .run = run,
	    .counters = counters,
	    .cursor = {.most = 1,
	               .done = run->done,
	               .failed = run->failed,
	               .stored = result_store_mark(&run->sweep->store),
	               .journaled = checkpoint_written(&run->checkpoint)},
	    .scheduler = {.run = run},
	    .channel = {-1, -1, 0},
	    .task = {.run = run,
	             .sweep = run->sweep,
	             .state = run->state,
	             .worker = out,
	             .rank = world->rank,
	             .seed = run->job->seed},
	};
	out->asked.published = &counters->asked;
	if (run->job->journal)
		out->task.asked = &out->asked;
}

/* If this rank dies, its peers can say in which task. */
static void publish_running(const struct worker *worker, size_t index)
{
	struct rank_counters *counters = worker->counters;

	atomic_store_explicit(&counters->attempt, worker->cursor.attempt,
	                      memory_order_relaxed);
	counter_write(&counters->running, index + 1);
}

static bool begins_no_more(const struct sweep_run *run)
{
	return sweep_stop(run) ||
	       (run->has_deadline && deadline_stop_forbids(run));
}

/* The result that the task has left open goes with the failure. */
static cohort_status hold_failure(struct worker *worker,
                                  const struct record *record,
                                  const char *error)
{
	struct result_store *store = &worker->run->sweep->store;
	cohort_status status = held_failures_add(
	    worker->held, record, error,
	    record_result(store->records + store->used), store->open);

	result_store_result(store, 0);
	if (status != COHORT_OK)
		return status;
	worker_move_on(worker);
	worker_count(worker);
	return COHORT_OK;
}

/* A task that asks for more memory than there is has failed. If the system
 * refuses to open memory that is there, that is not the task's fault, and a
 * journal must not keep it as a failure: the task has not been run, and the
 * sweep ends. */
static cohort_status keep_outcome(struct worker *worker, struct record *record,
                                  const char *error)
{
	const struct result_store *store = &worker->run->sweep->store;
	const struct cohort_task *task = &worker->task;

	/* The task stays the next one of this rank, which leaves before it. */
	if (task->abandoned && begins_no_more(worker->run)) {
		worker_count(worker);
		return COHORT_OK;
	}
	if (task->doubted && error && worker->held)
		return hold_failure(worker, record, error);
	return task->no_memory && store->refused
	           ? result_store_lack(store, task->index, task->wanted)
	           : worker_keep(worker, record, error);
}

/* The last task has ended, and took so long. Cost: a comparison, and a look at
 * other ranks ten times a second. A child's rank does it itself. */
static void look_for_crashes(struct worker *worker, double seconds)
{
	struct world *world = worker->run->group->world;
	const int64_t now = worker->task.begin + (int64_t)(1e9 * seconds);

	if (worker->child || !world->survival || now - worker->looked < LOOK_NS)
		return;
	worker->looked = now;
	world->survival->look(world);
}

cohort_status worker_run_next(struct worker *worker)
{
	struct sweep_run *run = worker->run;
	const size_t number = (size_t)worker->cursor.next;
	const int64_t begin = clock_ns();
	struct record record;

	worker->task.index = todo_index(&run->todo, number);
	worker->task.attempt = worker->cursor.attempt;
	worker->task.begin = begin;
	if (worker->child)
		child_state_task_begins(worker->child, number, begin);
	publish_running(worker, worker->task.index);
	if (worker->task.asked)
		asked_begin(worker->task.asked, worker->task.index,
		            worker->cursor.asked);
	const char *error = task_run(&worker->task, run->job->execute, &record);
	scheduler_ran(&worker->scheduler, record.seconds);
	cohort_status status = keep_outcome(worker, &record, error);
	if (worker->child)
		child_state_task_ends(worker->child, worker->key,
		                      &worker->cursor);
	/* A full buffer would be written in the middle of a line, between the
	 * lines of other ranks. And if the next task of a child crashes, the
	 * child's buffers are lost. */
	flush_stdout();
	if (run->delivery)
		delivery_task_done(run, worker->child != NULL,
		                   worker->cursor.stored.used, record.seconds);
	look_for_crashes(worker, record.seconds);
	return status;
}

/* Cost: two loads of words that hardly ever change. */
static inline bool must_leave(const struct worker *worker)
{
	const struct world *world = worker->run->group->world;

	return begins_no_more(worker->run) ||
	       (world->failed &&
	        atomic_load_explicit(world->failed, memory_order_relaxed) &&
	        survivors_must_leave(worker->run)) ||
	       (worker->child && child_state_halted(worker->child));
}

bool worker_must_leave(const struct worker *worker)
{
	return must_leave(worker);
}

/* Claims that are left are lost in this pass, so no rank may find them in the
 * next one, which has another list of tasks. */
static void drop_claims(const struct worker *worker)
{
	atomic_store(&worker->counters->steal_slot, 0);
}

bool worker_await_room(struct worker *worker)
{
	struct sweep_run *run = worker->run;
	struct cursor *cursor = &worker->cursor;
	const size_t index = todo_index(&run->todo, (size_t)cursor->next);
	const bool goes_on = delivery_await_room(run, index);

	cursor->stored = result_store_mark(&run->sweep->store);
	if (!goes_on)
		drop_claims(worker);
	return goes_on;
}

/* Keep failures that are held back, and show them: those whose time is over, or
 * all. */
static cohort_status keep_held(struct worker *worker, bool all)
{
	struct held_failures *held = worker->held;
	const size_t count = held ? held->count : 0;

	if (count == 0)
		return COHORT_OK;
	const cohort_status status = all ? held_failures_end(held, worker)
	                                 : held_failures_keep(held, worker);
	if (held->count < count)
		delivery_show_all(worker->run);
	return status;
}

/* Whether the next task may begin, as far as the results of the tasks before
 * are concerned. A child that must not go on leaves, and its rank waits: one of
 * the failures that are held back may be what rank 0 awaits. */
static bool worker_has_room(struct worker *worker, cohort_status *status)
{
	const struct sweep_run *run = worker->run;

	*status = keep_held(worker, false);
	if (*status != COHORT_OK)
		return false;
	if (!run->delivery || !run->delivery->discards ||
	    !delivery_blocks(
	        run, todo_index(&run->todo, (size_t)worker->cursor.next)))
		return true;
	if (worker->child)
		return false;
	*status = keep_held(worker, true);
	return *status == COHORT_OK && worker_await_room(worker);
}

bool worker_is_awaited(const struct worker *worker)
{
	return worker->leave_at > 0 && clock_seconds() >= worker->leave_at;
}

cohort_status worker_run(struct worker *worker)
{
	struct cursor *cursor = &worker->cursor;
	cohort_status status = COHORT_OK;

	for (;;) {
		while (cursor->next < cursor->end && status == COHORT_OK) {
			if (must_leave(worker) || worker_is_awaited(worker))
				return COHORT_OK;
			if (!worker_has_room(worker, &status))
				return status;
			status = worker_run_next(worker);
		}
		if (status == COHORT_OK)
			status = scheduler_next(&worker->scheduler, cursor);
		if (worker->child)
			child_state_keep_cursor(worker->child, worker->key,
			                        cursor);
		if (status != COHORT_OK || cursor->next == cursor->end)
			return status;
	}
}
