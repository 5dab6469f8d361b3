/*
 * A child, forked after build, claims and runs tasks, and writes the results into
 * the rank's store, which is shared memory. It keeps its position in its
 * child_state. When it crashes, the rank reads there which task ran, keeps all
 * results that were finished, and forks the next child from its own memory,
 * which no task has changed. While a child lives, the rank sleeps and touches
 * neither tasks nor store.
 * Cost: a few stores and a clock reading for each task; a fork for each crash.
 */
#define _POSIX_C_SOURCE 200809L
#include "supervisor.h"

#include "common/base/clock.h"
#include "common/core/open.h"
#include "sigchld.h"
#include "signal_stop.h"
#include "task_child.h"

#include <stdio.h>
#include <string.h>

/* Children in a row that may end before they begin a task. */
enum { FRUITLESS_MOST = 20 };

/* A child that has crashed. */
struct crash {
	const struct task_child *child;
	struct child_end end;
	int64_t begun; /* when the task began that ran, in ns; 0: none ran */
};

static void failure_sentence(const struct crash *crash,
                             char text[FAILURE_BYTES])
{
	const struct child_end *end = &crash->end;

	if (crash->child->ended_for == ENDED_FOR_TIMEOUT)
		snprintf(text, FAILURE_BYTES,
		         "took more than %g s, its time limit, and was ended "
		         "with its process group",
		         crash->child->worker->run->job->timeout);
	else if (!end->known)
		snprintf(text, FAILURE_BYTES,
		         "its process ended; how is not known, because the "
		         "program waits for children that are not its own");
	else if (end->signalled)
		snprintf(text, FAILURE_BYTES,
		         "its process was killed by signal %d (%s)%s",
		         end->number, strsignal(end->number),
		         end->number == SIGKILL
		             ? ": memory may have run out, or somebody "
		               "killed it"
		             : "");
	else
		snprintf(text, FAILURE_BYTES,
		         "it ended its process, with status %d", end->number);
}

/* The task that ran gets another attempt, or is a failed result. */
static cohort_status fail_or_retry(const struct crash *crash)
{
	struct worker *worker = crash->child->worker;
	const struct sweep_run *run = worker->run;
	char text[FAILURE_BYTES];

	if (worker->cursor.attempt < run->job->retries) {
		worker->cursor.attempt++;
		return COHORT_OK;
	}
	struct record record = {
	    .index = todo_index(&run->todo, (size_t)worker->cursor.next),
	    .seconds = 1e-9 * (double)(clock_ns() - crash->begun),
	    .status = COHORT_ETASK,
	    .attempts = worker->cursor.attempt + 1,
	};
	failure_sentence(crash, text);
	return worker_keep(worker, &record, text);
}

/* Continue where the child was that has ended. */
static void take_over(struct worker *worker)
{
	child_state_read_cursor(worker->child, &worker->cursor);
	result_store_resume(&worker->run->sweep->store, worker->cursor.stored);
	worker_count(worker);
}

/* Drop records that the child wrote after its last finished task. The writer
 * keeps a failure of the journal, and checkpoint_end returns it. */
static void rewind_journal(struct worker *worker)
{
	struct journal_writer *writer = worker->run->checkpoint.writer;

	if (!writer)
		return;
	cohort_status status =
	    journal_writer_rewind(writer, worker->cursor.journaled);
	(void)status;
}

/* When the task began that ran in the child when it ended; 0: none ran. Not one
 * that the cursor has as done already. */
static int64_t running_task(const struct worker *worker)
{
	const struct child_state *state = worker->child;
	const int64_t begun = atomic_load(&state->begun);

	return atomic_load(&state->number) == worker->cursor.next ? begun : 0;
}

/* Whether the rank has ended the child for no fault of the task that ran then:
 * because the sweep is stopped, or because of a task that was done after all. */
static bool ended_without_fault(const struct task_child *child, int64_t begun)
{
	return signal_stop_pending(child->worker->run->group->world->stats) ||
	       (child->ended_for == ENDED_FOR_TIMEOUT && begun != child->late);
}

/* After a child that did not complete its work. `done` is the number of tasks
 * done before it, `fruitless` counts the children in a row that ran no task. */
static cohort_status handle_crash(const struct task_child *child,
                                  struct child_end end, uint64_t done,
                                  int *fruitless)
{
	struct worker *worker = child->worker;
	const int64_t begun = running_task(worker);
	const struct crash crash = {child, end, begun};
	cohort_status status = COHORT_OK;

	rewind_journal(worker);
	if (ended_without_fault(child, begun))
		return COHORT_OK;
	if (begun)
		status = fail_or_retry(&crash);
	*fruitless = begun || worker->cursor.done > done ? 0 : *fruitless + 1;
	if (*fruitless > FRUITLESS_MOST)
		return error_set(COHORT_ESYS,
		                 "cohort_scatter: rank %d: %d children ended "
		                 "before they ran a task: see what kills them",
		                 worker->run->group->world->rank, *fruitless);
	return status;
}

/* If the child's task has called cohort_abort, the rank does it. */
static void abort_if_asked(const struct worker *worker)
{
	const int aborted = atomic_load(&worker->child->aborted);

	if (aborted)
		cohort_abort(worker->run->group, aborted & ~GROUP_ABORTED);
}

static cohort_status outcome_of(const struct child_outcome *outcome)
{
	if (outcome->status == COHORT_OK)
		return COHORT_OK;
	return error_set(outcome->status, "%s", outcome->sentence);
}

/* One child after another, until there is nothing left for one to do. */
static cohort_status run_children(struct worker *worker,
                                  const struct sigaction *sigchld)
{
	struct child_state *state = worker->child;
	int fruitless = 0;

	for (;;) {
		struct task_child child = {.worker = worker};
		const uint64_t done = worker->cursor.done;
		child_state_clear(state);
		child_state_keep_cursor(state, &worker->cursor);
		cohort_status status = task_child_start(&child, sigchld);
		if (status != COHORT_OK)
			return status;
		const struct child_end end = task_child_wait(&child);
		abort_if_asked(worker);
		take_over(worker);
		if (atomic_load(&state->outcome.complete) &&
		    child.ended_for != ENDED_FOR_TIMEOUT)
			return outcome_of(&state->outcome);
		status = handle_crash(&child, end, done, &fruitless);
		if (status != COHORT_OK ||
		    signal_stop_pending(worker->run->group->world->stats))
			return status;
	}
}

cohort_status supervisor_run(struct worker *worker)
{
	const struct world *world = worker->run->group->world;
	struct sigaction sigchld;

	worker->child = child_state_create(!world->copies_claim);
	if (!worker->child)
		return COHORT_ESYS;
	sigchld_keep_statuses(&sigchld);
	cohort_status status = run_children(worker, &sigchld);
	sigchld_restore(&sigchld);
	child_state_free(worker->child);
	worker->child = NULL;
	return status;
}
