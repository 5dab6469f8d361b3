/*
 * A child, forked after build, claims and runs tasks, and writes the results
 * into the rank's store, which is shared memory. It keeps its position in its
 * child_state. When it crashes, the rank reads there which task ran, keeps all
 * results that were finished, and forks the next child from its own memory,
 * which no task has changed. While a child lives, the rank sleeps and touches
 * neither tasks nor store.
 * Cost: a few stores and a clock reading for each task; a fork for each crash.
 */
#define _POSIX_C_SOURCE 200809L
#include "supervisor.h"

#include "child_verdict.h"
#include "common/base/log.h"
#include "common/base/thread_pools.h"
#include "deadline_stop.h"
#include "delivery_flow.h"
#include "delivery_round.h"
#include "handover.h"
#include "sigchld.h"
#include "sweep_stop.h"
#include "task_child.h"
#include "worker_keep.h"

#include <signal.h>
#include <string.h>

/* A rank and its children. */
struct supervisor {
	struct worker *worker;
	struct sigaction sigchld; /* the program's action */
	struct handover handover;
	struct child_verdicts verdicts;
};

/* A child has destroyed something and then crashed. The task that it would do
 * next may have done it, and is left to the next pass, in which each task has a
 * child of its own. */
static void skip_suspect(struct cursor *cursor)
{
	cursor->attempt = 0;
	cursor->asked = 0;
	cursor->next += cursor->next < cursor->end;
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
	return sweep_stop(worker->run) != 0 ||
	       sweep_is_interrupted(worker->run) ||
	       (worker->run->has_deadline &&
	        deadline_stop_forbids(worker->run));
}

/* No child lives: keep the failures that were held long enough, show them, and
 * note when the next child must leave for another one. */
static cohort_status keep_failures(struct supervisor *supervisor)
{
	struct held_failures *held = &supervisor->verdicts.held;
	struct worker *worker = supervisor->worker;
	const size_t count = held->count;
	cohort_status status = held_failures_keep(held, worker);

	if (held->count < count)
		delivery_show_all(worker->run);
	worker->leave_at = held_failures_first(held);
	return status;
}

/* Fork a child, wait for its end, and take over its finished tasks. */
static cohort_status run_child(struct supervisor *supervisor,
                               struct task_child *child, task_child_work *work,
                               struct child_end *end, bool *damaged)
{
	struct worker *worker = supervisor->worker;
	struct handover *handover = &supervisor->handover;
	cohort_status status = keep_failures(supervisor);

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

/* Whether a child has left because there was no room for more results, or
 * because the rank has a failure to keep. */
static bool has_left_tasks(const struct worker *worker)
{
	const struct sweep_run *run = worker->run;

	return ((run->delivery && run->delivery->discards) ||
	        worker_is_awaited(worker)) &&
	       worker->cursor.next < worker->cursor.end &&
	       !worker_must_leave(worker);
}

/* No child lives. The failures are kept first that are held back: one of them
 * may be the result that rank 0 awaits. False: do not go on. */
static bool await_room(struct supervisor *supervisor, cohort_status *status)
{
	struct worker *worker = supervisor->worker;

	if (supervisor->verdicts.held.count > 0)
		*status = held_failures_end(&supervisor->verdicts.held, worker);
	delivery_show_all(worker->run);
	return *status == COHORT_OK && worker_await_room(worker);
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
		    child.ended_for != ENDED_FOR_TIMEOUT) {
			if (returned != COHORT_OK || !has_left_tasks(worker))
				return ticket_request_status(&worker->channel,
				                             returned);
			if (!worker_is_awaited(worker) &&
			    !await_room(supervisor, &status))
				return status;
			continue;
		}
		if (damaged)
			skip_suspect(&worker->cursor);
		else
			status = child_verdict_crash(&supervisor->verdicts,
			                             &child, end, done);
		delivery_show_all(worker->run);
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

static bool is_blocked(const struct worker *worker)
{
	const struct sweep_run *run = worker->run;

	return run->delivery &&
	       delivery_blocks(
	           run, todo_index(&run->todo, (size_t)worker->cursor.next));
}

/*
 * A child for each task, which the rank claims. Some task has destroyed results
 * or the child's state: it is one of those whose results are missing now. Here
 * it can only destroy what the rank needs not believe, and it is known which
 * task ran.
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
		if (is_blocked(worker) && !await_room(supervisor, &status))
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
		if (cursor->done != before.done + 1 || damaged) {
			drop_behind(worker, &before);
			worker_note_asked(worker,
			                  todo_index(&worker->run->todo,
			                             (size_t)before.next));
			status =
			    child_verdict_single(&supervisor->verdicts, &child,
			                         end, completed, damaged);
		}
		delivery_show_all(worker->run);
	}
	return status;
}

/* At warn once for each group. MPI starts threads too, which look like the
 * program's: on mpi a line about those that existed at the group's opening is
 * for those who look for a reason. */
static void warn_of_threads(cohort *group)
{
	char names[THREAD_NAMES_BYTES];
	enum log_level level = LOG_WARN;

	thread_pools_pause();
	if (group->warned_of_threads)
		return;
	int count = group->threads.unknown
	                ? 0
	                : thread_pools_count(&group->threads, names);
	group->warned_of_threads = count > 0;
	if (count == 0 && !group->told_of_threads) {
		count = thread_pools_count(NULL, names);
		group->told_of_threads = true;
		level = LOG_INFO;
	}
	if (count == 0)
		return;
	log_line(level, group->world->rank,
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
		status = held_failures_end(&supervisor.verdicts.held, worker);
	held_failures_free(&supervisor.verdicts.held);
	sigchld_restore(&supervisor.sigchld);
done:
	ticket_channel_close(&worker->channel);
	handover_free(&supervisor.handover);
	child_state_free(worker->child);
	worker->child = NULL;
	return status;
}
