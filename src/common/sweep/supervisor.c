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

#include "common/base/c_locale.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/thread_pools.h"
#include "common/core/open.h"
#include "handover.h"
#include "held_failure.h"
#include "sigchld.h"
#include "signal_stop.h"
#include "task_child.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/* Children in a row that may end before they begin a task. */
enum { FRUITLESS_MOST = 20 };

/* A rank and its children. */
struct supervisor {
	struct worker *worker;
	struct sigaction sigchld; /* the program's action */
	struct handover handover;
	struct held_failures held;
	int fruitless; /* children in a row that ran no task */
};

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
	else if (atomic_load(&crash->child->worker->child->left) &&
	         !end->signalled)
		snprintf(text, FAILURE_BYTES,
		         "its execute did not return, but was left by an "
		         "exception or by pthread_exit");
	else if (end->signalled)
		snprintf(text, FAILURE_BYTES,
		         "its process was killed by signal %d (%s)%s",
		         end->number, signal_text(end->number),
		         end->number == SIGKILL
		             ? ": memory may have run out, or somebody "
		               "killed it"
		             : "");
	else
		snprintf(text, FAILURE_BYTES,
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
	};
}

/* The task that ran gets another attempt, or is a failed result; if the child
 * may have been ended from outside, not yet. */
static cohort_status fail_or_retry(struct supervisor *supervisor,
                                   const struct crash *crash)
{
	struct worker *worker = supervisor->worker;
	char text[FAILURE_BYTES];

	if (worker->cursor.attempt < worker->run->job->retries) {
		worker->cursor.attempt++;
		return COHORT_OK;
	}
	failure_sentence(crash, text);
	struct record record = failed_record(worker, crash->begun);
	if (crash->child->ended_for != ENDED_FOR_NOTHING ||
	    !held_failure_is_due(&crash->end))
		return worker_keep(worker, &record, text);
	worker_move_on(worker);
	return held_failures_add(&supervisor->held, &record, text);
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

/* A child has destroyed something and then crashed. The task that it would do next
 * may have done it, and is left to the next pass, in which each task has a child
 * of its own. */
static void skip_suspect(struct cursor *cursor)
{
	cursor->attempt = 0;
	cursor->next += cursor->next < cursor->end;
}

/* After a child that did not complete its work. `done` is the number of tasks
 * done before it. */
static cohort_status handle_crash(struct supervisor *supervisor,
                                  const struct task_child *child,
                                  struct child_end end, uint64_t done)
{
	struct worker *worker = supervisor->worker;
	int *fruitless = &supervisor->fruitless;
	const int64_t begun = running_task(worker);
	const struct crash crash = {child, end, begun};
	cohort_status status = COHORT_OK;

	if (ended_without_fault(child, begun))
		return COHORT_OK;
	if (begun)
		status = fail_or_retry(supervisor, &crash);
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
	int exit_code;

	if (child_state_aborted(worker->child, worker->key, &exit_code))
		cohort_abort(worker->run->group, exit_code);
}

static bool is_stopped(const struct worker *worker)
{
	return signal_stop_pending(worker->run->group->world->stats) != 0;
}

/* Fork a child, wait for its end, and take over its finished tasks. */
static cohort_status run_child(struct supervisor *supervisor,
                               struct task_child *child, task_child_work *work,
                               struct child_end *end, bool *damaged)
{
	struct worker *worker = supervisor->worker;
	struct handover *handover = &supervisor->handover;
	cohort_status status = held_failures_keep(&supervisor->held, worker);

	if (status == COHORT_OK)
		status = handover_begin(handover, worker);
	ticket_channel_drain(&worker->channel);
	if (status == COHORT_OK)
		status = task_child_start(child, work, &supervisor->sigchld);
	if (status != COHORT_OK)
		return status;
	*end = task_child_wait(child);
	abort_if_asked(worker);
	return handover_end(handover, worker, damaged);
}

/* One child after another, until there is nothing left for one to do. */
static cohort_status run_children(struct supervisor *supervisor)
{
	struct worker *worker = supervisor->worker;

	for (;;) {
		struct task_child child = {.worker = worker};
		const uint64_t done = worker->cursor.done;
		struct child_end end;
		cohort_status returned;
		bool damaged;
		cohort_status status =
		    run_child(supervisor, &child, worker_run, &end, &damaged);
		if (status != COHORT_OK)
			return status;
		worker->run->damaged |= damaged;
		if (child_state_completed(worker->child, worker->key,
		                          &returned) &&
		    child.ended_for != ENDED_FOR_TIMEOUT)
			return returned;
		if (damaged)
			skip_suspect(&worker->cursor);
		else
			status = handle_crash(supervisor, &child, end, done);
		if (status != COHORT_OK || is_stopped(worker))
			return status;
	}
}

/* Undo what handover_end has taken over from a child. */
static void drop_behind(struct worker *worker, const struct cursor *before)
{
	worker->cursor = *before;
	result_store_resume(&worker->run->sweep->store, before->stored);
	worker_count(worker);
	handover_cut_journal(worker);
}

/* The child has ended, in which only the task at the cursor ran. */
static cohort_status judge_single(struct supervisor *supervisor,
                                  const struct task_child *child,
                                  struct child_end end, bool completed,
                                  bool damaged)
{
	struct worker *worker = supervisor->worker;
	const struct crash crash = {child, end,
	                            atomic_load(&worker->child->begun)};

	if (!damaged && !completed)
		return ended_without_fault(child, crash.begun)
		           ? COHORT_OK
		           : fail_or_retry(supervisor, &crash);
	struct record record = failed_record(worker, crash.begun);
	return worker_keep(worker, &record,
	                   "it wrote to memory that is not its own: before its "
	                   "result, or at a wrong address");
}

/*
 * A child for each task, which the rank claims. Some task has destroyed results
 * or the child's state: it is one of those whose results are missing now. Here it
 * can only destroy what the rank needs not believe, and it is known which task
 * ran.
 */
static cohort_status run_singly(struct supervisor *supervisor)
{
	struct worker *worker = supervisor->worker;
	struct cursor *cursor = &worker->cursor;
	cohort_status status = COHORT_OK;

	while (status == COHORT_OK && !is_stopped(worker)) {
		struct task_child child = {.worker = worker};
		struct child_end end;
		cohort_status returned;
		bool damaged;
		if (cursor->next == cursor->end)
			status = scheduler_next(&worker->scheduler, cursor);
		if (status != COHORT_OK || cursor->next == cursor->end)
			return status;
		const struct cursor before = *cursor;
		status = run_child(supervisor, &child, worker_run_next, &end,
		                   &damaged);
		if (status != COHORT_OK)
			return status;
		const bool completed = child_state_completed(
		    worker->child, worker->key, &returned);
		if (completed && returned != COHORT_OK)
			return returned;
		if (cursor->done == before.done + 1 && !damaged)
			continue;
		drop_behind(worker, &before);
		status =
		    judge_single(supervisor, &child, end, completed, damaged);
	}
	return status;
}

/* Once for each group. MPI starts threads too, which look like the program's: on
 * mpi the line is for those who look for a reason. */
static void warn_of_threads(cohort *group)
{
	char names[THREAD_NAMES_BYTES];

	thread_pools_pause();
	const int count = thread_pools_count(names);
	if (count == 0 || group->told_of_threads)
		return;
	group->told_of_threads = true;
	log_line(strcmp(group->world->backend->name, "mpi") ? LOG_WARN
	                                                    : LOG_INFO,
	         group->world->rank,
	         "%d other thread%s at the fork of the process for isolated "
	         "tasks (%s), which that process does not have: a task that "
	         "waits for one hangs; start threads in the task, or set "
	         "job.timeout",
	         count, count == 1 ? " exists" : "s exist", names);
}

cohort_status supervisor_run(struct worker *worker)
{
	const struct sweep_run *run = worker->run;
	struct supervisor supervisor = {.worker = worker};
	cohort_status status;

	worker->child = child_state_create();
	if (!worker->child)
		return error_sys("cohort_scatter: mmap");
	if (!run->group->world->copies_claim &&
	    !ticket_channel_open(&worker->channel)) {
		status = error_sys("cohort_scatter: socketpair");
		goto done;
	}
	warn_of_threads(worker->run->group);
	sigchld_keep_statuses(&supervisor.sigchld);
	status =
	    run->singly ? run_singly(&supervisor) : run_children(&supervisor);
	if (status == COHORT_OK)
		status = held_failures_end(&supervisor.held, worker);
	held_failures_free(&supervisor.held);
	sigchld_restore(&supervisor.sigchld);
done:
	ticket_channel_close(&worker->channel);
	handover_free(&supervisor.handover);
	child_state_free(worker->child);
	worker->child = NULL;
	return status;
}
