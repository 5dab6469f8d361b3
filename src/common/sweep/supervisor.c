/*
 * A child, forked after build, claims tasks, runs them, and writes the results
 * where the rank will find them: in memory that both share. What it has in
 * hand it writes to a slate, so that when it comes to a bad end, the rank knows
 * which task did that, keeps all that was finished, and forks the next child
 * from its own clean state to go on. The rank itself sleeps, and touches
 * neither tasks nor store while a child lives.
 * Cost: a few stores and a clock reading for each task; for a crash, a fork.
 */
#define _POSIX_C_SOURCE 200809L
#include "supervisor.h"

#include "child_process.h"
#include "child_state.h"
#include "common/base/clock.h"
#include "common/base/worker_stats.h"
#include "signal_stop.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define GRACE_SECONDS 0.25 /* between SIGTERM and SIGKILL */
#define STOP_SECONDS 5.0   /* for a task to end by itself when stopped */
#define LOOK_SECONDS 0.1   /* between looks whether the sweep is stopped */
#define FORK_SECONDS 5.0   /* for the system to have room for a process */
#define PAUSE_SECONDS 0.1  /* between attempts to fork */

/* Children that ended before they began a task, one after another. */
enum { IDLE_MOST = 20 };

static _Noreturn void be_child(struct worker *worker,
                               const struct sigaction *chld)
{
	struct outcome *outcome = &worker->child_state->outcome;

	child_process_unheed(chld);
	signal_stop_forget();
	group_become_task(&worker->child_state->aborted);
	checkpoint_leave(&worker->run->checkpoint);
	cohort_status status = worker_run(worker);
	outcome->status = status;
	if (status != COHORT_OK)
		memcpy(outcome->sentence, cohort_error(), ERROR_BYTES);
	fflush(NULL);
	atomic_store(&outcome->said, 1);
	_exit(0);
}

/* A watch over one child. */
struct watch {
	struct worker *worker;
	struct child_process child;
	uint64_t done;   /* by this rank, when the child was forked */
	int64_t blamed;  /* the begin of the task that is ended; 0: none */
	double stopping; /* when the sweep was seen to be stopped; 0: not yet */
};

static void answer(const struct watch *watch)
{
	struct world *world = watch->worker->run->group->world;
	const int fd = watch->worker->child_state->asking[1];
	struct question question;
	struct answer answer = {.status = COHORT_OK};

	if (recv(fd, &question, sizeof(question), MSG_DONTWAIT) !=
	    (ssize_t)sizeof(question))
		return;
	answer.status = world->backend->tickets_claim(world, question.most,
	                                              &answer.tickets);
	if (answer.status != COHORT_OK)
		memcpy(answer.sentence, cohort_error(), ERROR_BYTES);
	/* A child that is gone needs none. */
	send(fd, &answer, sizeof(answer), MSG_NOSIGNAL);
}

/* Seconds that the task that runs may still take; a look's time if none runs,
 * or none is limited. */
static double time_left(const struct watch *watch)
{
	const double limit = watch->worker->run->job->timeout;
	const int64_t begun = atomic_load(&watch->worker->child_state->begun);

	if (limit <= 0)
		return LOOK_SECONDS;
	if (begun == 0)
		return limit < LOOK_SECONDS ? limit : LOOK_SECONDS;
	return limit - 1e-9 * (double)(clock_ns() - begun);
}

/* Whether a stopped sweep's task has had its time. */
static bool stopped_long(struct watch *watch)
{
	if (!signal_stop_pending(watch->worker->run->group->world->stats))
		return false;
	if (watch->stopping == 0)
		watch->stopping = clock_seconds();
	return clock_seconds() - watch->stopping > STOP_SECONDS;
}

/* End the child: it may clean up, but begins no other task. */
static void end_child(struct watch *watch)
{
	const double begin = clock_seconds();
	double left = GRACE_SECONDS;

	atomic_store(&watch->worker->child_state->halt, 1);
	child_process_signal(&watch->child, SIGTERM);
	while (left > 0 &&
	       child_process_wait(&watch->child, -1, left) != CHILD_ENDED)
		left = GRACE_SECONDS - (clock_seconds() - begin);
	child_process_signal(&watch->child, SIGKILL);
	while (child_process_wait(&watch->child, -1, LOOK_SECONDS) !=
	       CHILD_ENDED)
		;
}

/* Until the child has ended. */
static void watch_child(struct watch *watch)
{
	struct child_state *child_state = watch->worker->child_state;

	for (;;) {
		const int64_t begun = atomic_load(&child_state->begun);
		const double left = time_left(watch);
		const bool stopped = stopped_long(watch);
		if (left <= 0 || stopped) {
			watch->blamed = stopped ? 0 : begun;
			/* Was it this one that has taken so long? */
			if (stopped ||
			    atomic_load(&child_state->begun) == begun) {
				end_child(watch);
				return;
			}
			continue;
		}
		const enum child_event event = child_process_wait(
		    &watch->child, child_state->asking[1],
		    left < LOOK_SECONDS ? left : LOOK_SECONDS);
		if (event == CHILD_ENDED)
			return;
		if (event == CHILD_ASKS)
			answer(watch);
	}
}

/* Where this rank's child stands on the board. */
static atomic_int *child_of(const struct worker *worker)
{
	const struct world *world = worker->run->group->world;

	return &world->stats->ranks[world->stats_index].child;
}

static cohort_status fork_child(struct watch *watch,
                                const struct sigaction *chld)
{
	static const struct timespec pause = {0, (long)(1e9 * PAUSE_SECONDS)};
	const struct sweep_run *run = watch->worker->run;
	const double end = clock_seconds() + FORK_SECONDS;

	for (;;) {
		const int started = child_process_start(&watch->child);
		if (started > 0)
			be_child(watch->worker, chld);
		if (started == 0) {
			atomic_store(child_of(watch->worker), watch->child.pid);
			return COHORT_OK;
		}
		if (clock_seconds() > end ||
		    signal_stop_pending(run->group->world->stats))
			break;
		nanosleep(&pause, NULL);
	}
	return error_sys("cohort_scatter: rank %d cannot fork a child for its "
	                 "tasks",
	                 run->group->world->rank);
}

/* The sentence of a task whose child has ended. */
static void describe(const struct watch *watch, struct child_end end,
                     char text[FAILURE_BYTES])
{
	if (watch->blamed)
		snprintf(text, FAILURE_BYTES,
		         "took more than %g s, its time limit, and was ended "
		         "with its process group",
		         watch->worker->run->job->timeout);
	else if (!end.known)
		snprintf(text, FAILURE_BYTES,
		         "its process ended; how is not known, because the "
		         "program waits for children that are not its own");
	else if (end.signalled)
		snprintf(text, FAILURE_BYTES,
		         "its process was killed by signal %d (%s)%s",
		         end.number, strsignal(end.number),
		         end.number == SIGKILL
		             ? ": memory may have run out, or somebody "
		               "killed it"
		             : "");
	else
		snprintf(text, FAILURE_BYTES,
		         "it ended its process, with status %d", end.number);
}

/* The task that ran has had its last attempt, or gets another one. */
static cohort_status punish(struct watch *watch, struct child_end end,
                            int64_t begun)
{
	struct worker *worker = watch->worker;
	const struct sweep_run *run = worker->run;
	char text[FAILURE_BYTES];

	if (worker->cursor.attempt < run->job->retries) {
		worker->cursor.attempt++;
		return COHORT_OK;
	}
	struct record record = {
	    .index = todo_index(&run->todo, worker->cursor.next),
	    .seconds = 1e-9 * (double)(clock_ns() - begun),
	    .status = COHORT_ETASK,
	    .attempts = worker->cursor.attempt + 1,
	};
	describe(watch, end, text);
	return worker_keep(worker, &record, text);
}

/* Go on where the child that has ended was. */
static void take_over(struct worker *worker)
{
	const struct child_state *child_state = worker->child_state;
	struct sweep_run *run = worker->run;

	worker->cursor =
	    child_state->cursors[atomic_load(&child_state->turn) % 2];
	store_return(&run->sweep->store, worker->cursor.stored);
	worker_count(worker);
}

/* After a bad end: whatever the child had begun to write is undone. */
static cohort_status clean_up(struct watch *watch, struct child_end end,
                              int *backoff)
{
	struct worker *worker = watch->worker;
	struct sweep_run *run = worker->run;
	const int64_t begun = atomic_load(&worker->child_state->begun);
	/* Not if it was done, and only that had not been said yet. */
	const bool ran = begun && atomic_load(&worker->child_state->number) ==
	                              worker->cursor.next;
	const bool ended = watch->blamed && !(ran && watch->blamed == begun);
	cohort_status status = COHORT_OK;

	if (run->checkpoint.writer) {
		/* Its failure is the journal's, which checkpoint_end tells. */
		cohort_status rewound = journal_writer_rewind(
		    run->checkpoint.writer, worker->cursor.journaled);
		(void)rewound;
	}
	/* Ended because of a task that then was done after all, or because the
	 * sweep is stopped: nobody's fault. */
	if (ended || signal_stop_pending(run->group->world->stats))
		return COHORT_OK;
	if (ran)
		status = punish(watch, end, begun);
	*backoff = ran || worker->cursor.done > watch->done ? 0 : *backoff + 1;
	if (*backoff > IDLE_MOST)
		return error_set(COHORT_ESYS,
		                 "cohort_scatter: rank %d: %d children ended "
		                 "before they ran a task: see what kills them",
		                 run->group->world->rank, *backoff);
	return status;
}

/* Children, until there is nothing left for one to do. */
static cohort_status supervise(struct worker *worker,
                               const struct sigaction *chld)
{
	struct child_state *child_state = worker->child_state;
	int backoff = 0;

	for (;;) {
		struct watch watch = {.worker = worker,
		                      .done = worker->cursor.done};
		child_state_clear(child_state);
		child_state_keep_cursor(worker);
		cohort_status status = fork_child(&watch, chld);
		if (status != COHORT_OK)
			return status;
		watch_child(&watch);
		const struct child_end end = child_process_reap(&watch.child);
		atomic_store(child_of(worker), 0);
		const int aborted = atomic_load(&child_state->aborted);
		if (aborted)
			cohort_abort(worker->run->group,
			             aborted & ~GROUP_ABORTED);
		take_over(worker);
		if (atomic_load(&child_state->outcome.said) && !watch.blamed) {
			const struct outcome *outcome = &child_state->outcome;
			return outcome->status == COHORT_OK
			           ? COHORT_OK
			           : error_set(outcome->status, "%s",
			                       outcome->sentence);
		}
		status = clean_up(&watch, end, &backoff);
		if (status != COHORT_OK ||
		    signal_stop_pending(worker->run->group->world->stats))
			return status;
	}
}

cohort_status supervisor_run(struct worker *worker)
{
	const struct world *world = worker->run->group->world;
	struct sigaction chld;

	worker->child_state = child_state_create(!world->copies_claim);
	if (!worker->child_state)
		return COHORT_ESYS;
	child_process_heed(&chld);
	cohort_status status = supervise(worker, &chld);
	child_process_unheed(&chld);
	child_state_free(worker->child_state);
	worker->child_state = NULL;
	return status;
}
