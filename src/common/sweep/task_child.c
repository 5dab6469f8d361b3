#define _POSIX_C_SOURCE 200809L
#include "task_child.h"

#include "common/base/clock.h"
#include "common/base/flush_streams.h"
#include "common/base/process_word.h"
#include "common/base/rank_states.h"
#include "common/base/wait_hook.h"
#include "common/core/task_process.h"
#include "delivery_mail.h"
#include "delivery_sleep.h"
#include "job_control.h"
#include "sigchld.h"
#include "signal_stop.h"
#include "sweep_stop.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define GRACE_SECONDS 0.25 /* between SIGTERM and SIGKILL */
#define STOP_SECONDS 5.0   /* for the current task of a stopped sweep */
#define CHECK_SECONDS 0.1  /* between two checks whether it is stopped */
#define FORK_SECONDS 5.0   /* for the system to have room for a process */
#define RETRY_SECONDS 0.1  /* between two attempts to fork */

static _Noreturn void be_child(struct worker *worker, task_child_work *work,
                               const struct sigaction *sigchld)
{
	struct child_state *state = worker->child;
	struct sweep_run *run = worker->run;

	sigchld_restore(sigchld);
	signal_stop_forget();
	job_control_forget();
	task_process_become(&state->aborted, worker->key);
	sweep_stop_become_task();
	group_note_task(__builtin_frame_address(0), &state->left);
	fork_hooks_in_child(&run->group->fork_hooks);
	checkpoint_leave(&run->checkpoint);
	if (worker->channel.child_end >= 0)
		worker->scheduler.channel = &worker->channel;
	cohort_status status =
	    run->group->world->backend->become_task(run->group->world);
	if (status == COHORT_OK &&
	    !result_store_guard(&run->sweep->store, worker->key))
		status = error_sys("cohort_scatter: mprotect of the results");
	if (status == COHORT_OK)
		status = work(worker);
	flush_streams();
	child_state_complete(state, worker->key, status);
	_exit(0);
}

/* The number of the child in this rank's state. */
static _Atomic uint64_t *published_child(const struct task_child *child)
{
	const struct world *world = child->worker->run->group->world;

	return &world->states->ranks[world->stats_index].child;
}

cohort_status task_child_start(struct task_child *child, task_child_work *work,
                               const struct sigaction *sigchld)
{
	static const struct timespec pause = {0, (long)(1e9 * RETRY_SECONDS)};
	const cohort *group = child->worker->run->group;
	const struct world *world = group->world;
	const struct fork_hooks *hooks = &group->fork_hooks;
	struct time_limit limit = time_limit_in(FORK_SECONDS);

	for (;;) {
		const int started = child_process_start(hooks, &child->process);
		if (started > 0)
			be_child(child->worker, work, sigchld);
		if (started == 0) {
			atomic_store(published_child(child),
			             process_word(child->process.pid));
			child->stopped_seen = job_control_stopped();
			child->stops = job_control_begin(child->process.pid);
			return COHORT_OK;
		}
		if (time_limit_passed(&limit) || sweep_stop(child->worker->run))
			break;
		nanosleep(&pause, NULL);
	}
	return error_sys("cohort_scatter: rank %d cannot fork a child for its "
	                 "tasks",
	                 world->rank);
}

/* Seconds since the running task began, without those for which rank and child
 * were stopped. The task may have overwritten `begun`: a time in the future
 * does not exempt it from its limit. */
static double seconds_run(struct task_child *child, int64_t begun)
{
	const int64_t now = clock_ns();
	const int64_t stopped = job_control_stopped() + child->unheard;

	if (begun != child->begun_seen) {
		child->begun_seen = begun;
		child->seen_at = now;
		child->stopped_before = child->stopped_seen;
	}
	child->stopped_seen = stopped;
	const int64_t since = begun < now ? begun : child->seen_at;
	return 1e-9 * (double)(now - since - (stopped - child->stopped_before));
}

/* Seconds until the task that runs has used up its time; CHECK_SECONDS at the
 * most. */
static double seconds_left(struct task_child *child)
{
	const double limit = child->worker->run->job->timeout;
	const int64_t begun = atomic_load(&child->worker->child->begun);

	if (limit <= 0)
		return CHECK_SECONDS;
	const double left = begun ? limit - seconds_run(child, begun) : limit;
	return left < CHECK_SECONDS ? left : CHECK_SECONDS;
}

/* Whether the sweep is stopped, and the current task has had the time that it
 * gets to end by itself; none after cohort_interrupt. */
static bool stop_is_overdue(struct task_child *child)
{
	if (sweep_is_interrupted(child->worker->run))
		return true;
	if (!sweep_stop(child->worker->run))
		return false;
	if (child->stop.at == 0)
		child->stop = time_limit_in(STOP_SECONDS);
	return time_limit_passed(&child->stop);
}

/* Whether the child must be ended now, and why. */
static bool is_overdue(struct task_child *child)
{
	const _Atomic int64_t *begun = &child->worker->child->begun;
	const int64_t before = atomic_load(begun);

	if (stop_is_overdue(child)) {
		child->ended_for = ENDED_FOR_STOP;
		return true;
	}
	if (seconds_left(child) > 0)
		return false;
	/* If another task has begun meanwhile, seconds_left may have looked at
	 * either of them. */
	if (atomic_load(begun) != before)
		return false;
	child->ended_for = ENDED_FOR_TIMEOUT;
	child->late = before;
	return true;
}

/* The task may clean up, but the child does not begin another one. */
static void end_child(struct task_child *child)
{
	const struct child_process *process = &child->process;
	struct time_limit limit = time_limit_in(GRACE_SECONDS);
	double left = GRACE_SECONDS;

	atomic_store(&child->worker->child->halt, 1);
	child_process_signal(process, SIGTERM);
	while (left > 0 &&
	       child_process_wait(process, -1, -1, left) != CHILD_ENDED)
		left = time_limit_left(&limit);
	/* Again and again: the system may refuse it once. */
	do
		child_process_signal(process, SIGKILL);
	while (child_process_wait(process, -1, -1, CHECK_SECONDS) !=
	       CHILD_ENDED);
}

/* As child_process_wait. The handler of Ctrl-Z notes for how long it stops rank
 * and child; where SIGSTOP or a freezer stops a whole job, only the clock
 * tells. */
static enum child_event sleep_beside(struct task_child *child, double most)
{
	const struct worker *worker = child->worker;
	const int64_t begin = clock_ns();
	const int64_t before = job_control_stopped();
	const enum child_event event =
	    child_process_wait(&child->process, worker->channel.rank_end,
	                       delivery_event(worker->run), most);
	const int64_t told = job_control_stopped() - before;
	const double took = 1e-9 * (double)(clock_ns() - begin - told);

	child->unheard += (int64_t)(1e9 * time_limit_stopped(took, most));
	return event;
}

struct child_end task_child_wait(struct task_child *child)
{
	struct ticket_channel *channel = &child->worker->channel;
	const struct sweep_run *run = child->worker->run;
	struct world *world = run->group->world;
	enum child_event event = CHILD_NO_EVENT;

	while (event != CHILD_ENDED) {
		wait_hook_call();
		if (is_overdue(child)) {
			end_child(child);
			break;
		}
		if (world->survival)
			world->survival->look(world);
		delivery_before_sleep(run);
		if (delivery_event(run) >= 0)
			delivery_attend(run->delivery);
		const double most =
		    delivery_nap(run->delivery, seconds_left(child));
		event = sleep_beside(child, delivery_sleep_most(run, most));
		delivery_after_sleep(run);
		if (event == CHILD_FD_READABLE)
			ticket_request_serve(channel, world);
	}
	job_control_end(child->stops);
	child_process_signal(&child->process, SIGKILL);
	/* Before its number is free: it may be another group's soon, and if
	 * this rank dies, the monitor kills the group that is published. */
	atomic_store(published_child(child), 0);
	return child_process_reap(&child->process);
}
