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
#include "isolate.h"

#include "board.h"
#include "child.h"
#include "clock.h"
#include "slate.h"
#include "stop.h"

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
	struct outcome *outcome = &worker->slate->outcome;

	child_unheed(chld);
	stop_forget();
	group_become_task(&worker->slate->aborted);
	resume_leave(&worker->run->resume);
	cohort_status status = work_on(worker);
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
	struct child child;
	uint64_t done;   /* by this rank, when the child was forked */
	int64_t blamed;  /* the begin of the task that is ended; 0: none */
	double stopping; /* when the sweep was seen to be stopped; 0: not yet */
};

static void answer(const struct watch *watch)
{
	struct world *world = watch->worker->run->group->world;
	const int fd = watch->worker->slate->asking[1];
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
	const int64_t begun = atomic_load(&watch->worker->slate->begun);

	if (limit <= 0)
		return LOOK_SECONDS;
	if (begun == 0)
		return limit < LOOK_SECONDS ? limit : LOOK_SECONDS;
	return limit - 1e-9 * (double)(clock_ns() - begun);
}

/* Whether a stopped sweep's task has had its time. */
static bool stopped_long(struct watch *watch)
{
	if (!stop_signal(watch->worker->run->group))
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

	atomic_store(&watch->worker->slate->halt, 1);
	child_signal(&watch->child, SIGTERM);
	while (left > 0 && child_wait(&watch->child, -1, left) != CHILD_ENDED)
		left = GRACE_SECONDS - (clock_seconds() - begin);
	child_signal(&watch->child, SIGKILL);
	while (child_wait(&watch->child, -1, LOOK_SECONDS) != CHILD_ENDED)
		;
}

/* Until the child has ended. */
static void watch_child(struct watch *watch)
{
	struct slate *slate = watch->worker->slate;

	for (;;) {
		const int64_t begun = atomic_load(&slate->begun);
		const double left = time_left(watch);
		const bool stopped = stopped_long(watch);
		if (left <= 0 || stopped) {
			watch->blamed = stopped ? 0 : begun;
			/* Was it this one that has taken so long? */
			if (stopped || atomic_load(&slate->begun) == begun) {
				end_child(watch);
				return;
			}
			continue;
		}
		const enum child_event event =
		    child_wait(&watch->child, slate->asking[1],
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

	return &world->board->tallies[world->seat].child;
}

static cohort_status fork_child(struct watch *watch,
                                const struct sigaction *chld)
{
	static const struct timespec pause = {0, (long)(1e9 * PAUSE_SECONDS)};
	const struct run *run = watch->worker->run;
	const double end = clock_seconds() + FORK_SECONDS;

	for (;;) {
		const int started = child_start(&watch->child);
		if (started > 0)
			be_child(watch->worker, chld);
		if (started == 0) {
			atomic_store(child_of(watch->worker), watch->child.pid);
			return COHORT_OK;
		}
		if (clock_seconds() > end || stop_signal(run->group))
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
	const struct run *run = worker->run;
	char text[FAILURE_BYTES];

	if (worker->stand.attempt < run->job->retries) {
		worker->stand.attempt++;
		return COHORT_OK;
	}
	struct record record = {
	    .index = pending_index(&run->pending, worker->stand.next),
	    .seconds = 1e-9 * (double)(clock_ns() - begun),
	    .status = COHORT_ETASK,
	    .attempts = worker->stand.attempt + 1,
	};
	describe(watch, end, text);
	return work_keep(worker, &record, text);
}

/* Go on where the child that has ended was. */
static void take_over(struct worker *worker)
{
	const struct slate *slate = worker->slate;
	struct run *run = worker->run;

	worker->stand = slate->stands[atomic_load(&slate->turn) % 2];
	store_return(&run->sweep->store, worker->stand.stored);
	work_tally(worker);
}

/* After a bad end: whatever the child had begun to write is undone. */
static cohort_status clean_up(struct watch *watch, struct child_end end,
                              int *idle)
{
	struct worker *worker = watch->worker;
	struct run *run = worker->run;
	const int64_t begun = atomic_load(&worker->slate->begun);
	/* Not if it was done, and only that had not been said yet. */
	const bool ran =
	    begun && atomic_load(&worker->slate->number) == worker->stand.next;
	const bool ended = watch->blamed && !(ran && watch->blamed == begun);
	cohort_status status = COHORT_OK;

	if (run->resume.writer) {
		/* Its failure is the journal's, which resume_end tells. */
		cohort_status rewound = journal_writer_rewind(
		    run->resume.writer, worker->stand.journaled);
		(void)rewound;
	}
	/* Ended because of a task that then was done after all, or because the
	 * sweep is stopped: nobody's fault. */
	if (ended || stop_signal(run->group))
		return COHORT_OK;
	if (ran)
		status = punish(watch, end, begun);
	*idle = ran || worker->stand.done > watch->done ? 0 : *idle + 1;
	if (*idle > IDLE_MOST)
		return error_set(COHORT_ESYS,
		                 "cohort_scatter: rank %d: %d children ended "
		                 "before they ran a task: see what kills them",
		                 run->group->world->rank, *idle);
	return status;
}

/* Children, until there is nothing left for one to do. */
static cohort_status supervise(struct worker *worker,
                               const struct sigaction *chld)
{
	struct slate *slate = worker->slate;
	int idle = 0;

	for (;;) {
		struct watch watch = {.worker = worker,
		                      .done = worker->stand.done};
		slate_clear(slate);
		slate_keep_stand(worker);
		cohort_status status = fork_child(&watch, chld);
		if (status != COHORT_OK)
			return status;
		watch_child(&watch);
		const struct child_end end = child_reap(&watch.child);
		atomic_store(child_of(worker), 0);
		const int aborted = atomic_load(&slate->aborted);
		if (aborted)
			cohort_abort(worker->run->group,
			             aborted & ~GROUP_ABORTED);
		take_over(worker);
		if (atomic_load(&slate->outcome.said) && !watch.blamed) {
			const struct outcome *outcome = &slate->outcome;
			return outcome->status == COHORT_OK
			           ? COHORT_OK
			           : error_set(outcome->status, "%s",
			                       outcome->sentence);
		}
		status = clean_up(&watch, end, &idle);
		if (status != COHORT_OK || stop_signal(worker->run->group))
			return status;
	}
}

cohort_status isolate_work(struct worker *worker)
{
	const struct world *world = worker->run->group->world;
	struct sigaction chld;

	worker->slate = slate_create(!world->copies_claim);
	if (!worker->slate)
		return COHORT_ESYS;
	child_heed(&chld);
	cohort_status status = supervise(worker, &chld);
	child_unheed(&chld);
	slate_free(worker->slate);
	worker->slate = NULL;
	return status;
}
