#define _POSIX_C_SOURCE 200809L
#include "child_verdict.h"

#include "common/base/c_locale.h"
#include "common/base/clock.h"
#include "signal_stop.h"
#include "worker_keep.h"

#include <signal.h>
#include <stdio.h>

/* Children in a row that may end before they begin a task. */
enum { FRUITLESS_MOST = 20 };

/* A child that has crashed. */
struct crash {
	const struct task_child *child;
	struct child_end end;
	int64_t begun; /* when the task began that ran, in ns; 0: none ran */
};

static void failure_sentence(const struct crash *crash, char text[CRASH_BYTES])
{
	const struct child_end *end = &crash->end;
	const int left = atomic_load(&crash->child->worker->child->left);

	if (crash->child->ended_for == ENDED_FOR_TIMEOUT)
		snprintf(text, CRASH_BYTES,
		         "took more than %g s, its time limit, and was ended "
		         "with its process group",
		         crash->child->worker->run->job->timeout);
	else if (!end->known)
		snprintf(text, CRASH_BYTES,
		         "its process ended; how is not known, because the "
		         "program waits for children that are not its own");
	else if (left && !end->signalled)
		snprintf(text, CRASH_BYTES,
		         "its execute did not return, but was left by %s",
		         group_left_text((enum group_left)left));
	else if (end->signalled)
		snprintf(text, CRASH_BYTES,
		         "its process was killed by signal %d (%s)%s",
		         end->number, signal_text(end->number),
		         end->number == SIGKILL
		             ? ": memory may have run out, or somebody "
		               "killed it"
		             : "");
	else
		snprintf(text, CRASH_BYTES,
		         "it ended its process, with status %d", end->number);
}

/* The task at the cursor, which began at `begun`, has failed. */
static struct record failed_record(const struct worker *worker, int64_t begun)
{
	const int64_t took = clock_ns() - begun;

	return (struct record){
	    .index =
	        todo_index(&worker->run->todo, (size_t)worker->cursor.next),
	    .seconds = begun > 0 && took > 0 ? 1e-9 * (double)took : 0,
	    .status = COHORT_ETASK,
	    .attempts = worker->cursor.attempt + 1,
	    .asked = (uint8_t)worker->cursor.asked,
	};
}

/* The task that ran gets another attempt, or is a failed result; unless the
 * rank has ended the child, not yet. */
static cohort_status fail_or_retry(struct child_verdicts *verdicts,
                                   const struct crash *crash)
{
	struct worker *worker = crash->child->worker;
	char text[CRASH_BYTES];

	if (worker->cursor.attempt < worker->run->job->retries) {
		worker->cursor.attempt++;
		return COHORT_OK;
	}
	failure_sentence(crash, text);
	struct record record = failed_record(worker, crash->begun);
	if (crash->child->ended_for != ENDED_FOR_NOTHING)
		return worker_keep(worker, &record, text);
	worker_move_on(worker);
	return held_failures_add(&verdicts->held, &record, text, NULL, 0);
}

/* When the task began that ran in the child when it ended; 0: none ran. Not one
 * that the cursor has as done already. */
static int64_t running_task(const struct worker *worker)
{
	const struct child_state *state = worker->child;
	const int64_t begun = atomic_load(&state->begun);

	return atomic_load(&state->number) == worker->cursor.next ? begun : 0;
}

/* Whether the child has ended for no fault of the task that ran then: because
 * the sweep is stopped, by the rank or by a signal that went to the child too;
 * or because of a task that was done after all. */
static bool ended_without_fault(const struct task_child *child, int64_t begun)
{
	return signal_stop_pending(child->worker->run->group->world->states) ||
	       child->ended_for == ENDED_FOR_STOP ||
	       (child->ended_for == ENDED_FOR_TIMEOUT && begun != child->late);
}

cohort_status child_verdict_crash(struct child_verdicts *verdicts,
                                  const struct task_child *child,
                                  struct child_end end, uint64_t done)
{
	struct worker *worker = child->worker;
	int *fruitless = &verdicts->fruitless;
	const int64_t begun = running_task(worker);
	const struct crash crash = {child, end, begun};
	cohort_status status = COHORT_OK;

	if (ended_without_fault(child, begun))
		return COHORT_OK;
	if (begun) {
		worker_note_asked(worker,
		                  todo_index(&worker->run->todo,
		                             (size_t)worker->cursor.next));
		status = fail_or_retry(verdicts, &crash);
	}
	*fruitless = begun || worker->cursor.done > done ? 0 : *fruitless + 1;
	if (*fruitless > FRUITLESS_MOST)
		return error_set(COHORT_ESYS,
		                 "cohort_scatter: rank %d: %d children ended "
		                 "before they ran a task: see what kills them",
		                 worker->run->group->world->rank, *fruitless);
	return status;
}

cohort_status child_verdict_single(struct child_verdicts *verdicts,
                                   const struct task_child *child,
                                   struct child_end end, bool completed,
                                   bool damaged)
{
	struct worker *worker = child->worker;
	const struct crash crash = {child, end,
	                            atomic_load(&worker->child->begun)};

	if (!damaged && !completed)
		return ended_without_fault(child, crash.begun)
		           ? COHORT_OK
		           : fail_or_retry(verdicts, &crash);
	struct record record = failed_record(worker, crash.begun);
	return worker_keep(worker, &record,
	                   "it wrote to memory that is not its own: before its "
	                   "result, or at a wrong address");
}
