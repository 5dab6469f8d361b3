/* cohort_stop: from tasks, isolated ones too, and from another thread, on any rank;
 * all ranks stop, the next sweep is whole, and a journal has what was done. */
#define _POSIX_C_SOURCE 200809L
#include "parts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TASKS_A_RANK = 6000 };

/* The tasks' state. */
struct stopping {
	cohort *group;
	int rank;
	int stopper; /* this rank stops the sweep, in its first task; -1: none */
	bool by_thread;
	bool abandons;     /* the task that stops the sweep abandons itself */
	atomic_bool began; /* the first task, for the thread */
	cohort_status stopped;
};

/* Even on a busy machine a stop is there long before the last task. */
static int stop_or_square(cohort_task *task)
{
	struct stopping *state = cohort_task_state(task);
	const size_t index = cohort_task_index(task);
	size_t *result = cohort_task_result(task, sizeof(*result));

	*result = index * index;
	if (state->stopper < 0)
		return 0;
	if (state->rank == state->stopper &&
	    !atomic_exchange(&state->began, 1) && !state->by_thread &&
	    cohort_stop(state->group) != COHORT_OK)
		return cohort_task_fail(task, "%s", cohort_error());
	if (state->abandons && state->began)
		return cohort_task_abandon(task);
	nap(0.001);
	return 0;
}

static void *stop_in_thread(void *arg)
{
	struct stopping *state = arg;

	while (!atomic_load(&state->began))
		nap(0.001);
	state->stopped = cohort_stop(state->group);
	return NULL;
}

static cohort_job job_of(struct stopping *state, const struct run *run,
                         int stopper)
{
	*state = (struct stopping){
	    .group = run->group, .rank = run->rank, .stopper = stopper};
	/* So every rank has tasks of its own. */
	return (cohort_job){
	    .execute = stop_or_square, .arg = state, .schedule = COHORT_STATIC};
}

static size_t count_of(const struct run *run)
{
	return (size_t)run->size * TASKS_A_RANK;
}

/* Every result is right, or was not run for this reason. Returns the number of
 * tasks that were run. */
static size_t check_results(const struct run *run, const char *reason)
{
	cohort_results *results;
	size_t count;
	size_t done = 0;

	MUST(cohort_gather(run->group, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	CHECK(count == count_of(run), "%zu", count);
	for (size_t i = 0; i < count; i++) {
		const cohort_result *r = &all[i];
		done += r->status == COHORT_OK;
		if (r->status == COHORT_OK)
			CHECK(*(const size_t *)r->data == i * i, "%zu", i);
		else
			CHECK(r->status == COHORT_ESTOPPED && r->rank == -1 &&
			          strstr(r->error, reason),
			      "task %zu: %s, %s", i,
			      cohort_status_name(r->status), r->error);
	}
	/* Also a rank that did not call cohort_stop. */
	cohort_results_local(results, &count);
	CHECK(!reason[0] || count < TASKS_A_RANK, "%zu of this rank's tasks",
	      count);
	cohort_results_free(results);
	return done;
}

static void check_stopped(const struct run *run, const cohort_job *job,
                          int stopper)
{
	char reason[64];

	snprintf(reason, sizeof(reason), "cohort_stop, called on rank %d,",
	         stopper);
	CHECK_STATUS(COHORT_ESTOPPED,
	             cohort_scatter(run->group, job, NULL, count_of(run)));
	CHECK_NAMES(reason);
	CHECK(cohort_stop_signal(run->group) == 0, "%d",
	      cohort_stop_signal(run->group));
	const size_t done = check_results(run, reason);
	CHECK(done > 0 && done < count_of(run), "%zu tasks were run", done);
	CHECK_STATUS(COHORT_ESTATE, cohort_stop(run->group));
	CHECK_NAMES("in no sweep");
}

static void checks_whole(const struct run *run)
{
	struct stopping state;
	const cohort_job job = job_of(&state, run, -1);

	MUST(cohort_scatter(run->group, &job, NULL, count_of(run)));
	CHECK(check_results(run, "") == count_of(run), "tasks are missing");
}

static void checks_in_task(const struct run *run, int stopper, bool isolate,
                           cohort_schedule schedule)
{
	struct stopping state;
	cohort_job job = job_of(&state, run, stopper);

	check_case("stopped by a task of rank %d%s, schedule %d", stopper,
	           isolate ? ", isolated" : "", (int)schedule);
	job.isolate = isolate;
	job.schedule = schedule;
	check_stopped(run, &job, stopper);
	checks_whole(run);
}

/* A task that stops the sweep and does not come to an end was not run. */
static void checks_abandoned(const struct run *run, int stopper, bool isolate)
{
	struct stopping state;
	cohort_job job = job_of(&state, run, stopper);
	cohort_results *results;
	size_t count;

	check_case("abandoned on rank %d%s", stopper,
	           isolate ? ", isolated" : "");
	job.isolate = isolate;
	state.abandons = true;
	CHECK_STATUS(COHORT_ESTOPPED,
	             cohort_scatter(run->group, &job, NULL, count_of(run)));
	MUST(cohort_gather(run->group, &results));
	const cohort_result *first =
	    &cohort_results_all(results, &count)[stopper * TASKS_A_RANK];
	CHECK(first->status == COHORT_ESTOPPED && first->attempts == 0 &&
	          first->rank == -1,
	      "%s by rank %d", cohort_status_name(first->status), first->rank);
	cohort_results_free(results);
	checks_whole(run);
}

/* The other ranks are in a task when the sweep is stopped, and learn of it. */
static int stop_or_wait(cohort_task *task)
{
	struct stopping *state = cohort_task_state(task);

	if (state->rank == state->stopper &&
	    cohort_stop(state->group) != COHORT_OK)
		return cohort_task_fail(task, "%s", cohort_error());
	while (!cohort_is_stopped(state->group))
		nap(0.001);
	return cohort_task_abandon(task);
}

static void checks_seen(const struct run *run, int stopper, bool isolate)
{
	struct stopping state;
	cohort_job job = job_of(&state, run, stopper);
	cohort_results *results;
	size_t count;

	check_case("seen by tasks when rank %d stops%s", stopper,
	           isolate ? ", isolated" : "");
	job.execute = stop_or_wait;
	job.isolate = isolate;
	CHECK_STATUS(COHORT_ESTOPPED,
	             cohort_scatter(run->group, &job, NULL, count_of(run)));
	CHECK(!cohort_is_stopped(run->group), "after the sweep");
	MUST(cohort_gather(run->group, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		CHECK(all[i].status == COHORT_ESTOPPED, "task %zu: %s", i,
		      cohort_status_name(all[i].status));
	cohort_results_free(results);
}

static int abandon(cohort_task *task)
{
	return cohort_task_abandon(task);
}

/* Nothing is lost if nothing stops the sweep. */
static void checks_abandoned_alone(const struct run *run)
{
	const cohort_job job = {.execute = abandon};
	cohort_results *results;
	size_t count;

	check_case("abandoned in a sweep that goes on");
	MUST(cohort_scatter(run->group, &job, NULL, 10));
	MUST(cohort_gather(run->group, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		CHECK(all[i].status == COHORT_ETASK &&
		          strstr(all[i].error, "nothing stops the sweep"),
		      "%s: %s", cohort_status_name(all[i].status),
		      all[i].error);
	cohort_results_free(results);
}

static void checks_in_thread(const struct run *run, int stopper)
{
	struct stopping state;
	const cohort_job job = job_of(&state, run, stopper);
	pthread_t thread;

	check_case("stopped by a thread of rank %d", stopper);
	state.by_thread = true;
	if (run->rank == stopper)
		CHECK(!pthread_create(&thread, NULL, stop_in_thread, &state),
		      "no thread");
	check_stopped(run, &job, stopper);
	if (run->rank == stopper) {
		pthread_join(thread, NULL);
		CHECK(state.stopped == COHORT_OK, "%d", (int)state.stopped);
	}
	checks_whole(run);
}

/* What a stopped sweep leaves out, a later one does. */
static void checks_journal(const struct run *run)
{
	struct stopping state;
	cohort_job job = job_of(&state, run, run->size - 1);
	char folder[64] = "";
	char command[96];

	check_case("stopped, and resumed");
	if (run->rank == 0) {
		snprintf(folder, sizeof(folder), "/tmp/conformance.XXXXXX");
		CHECK(mkdtemp(folder) != NULL, "mkdtemp");
	}
	MUST(cohort_bcast(run->group, folder, sizeof(folder), COHORT_INT8, 0));
	job.journal = folder;
	check_stopped(run, &job, run->size - 1);
	state.stopper = -1;
	MUST(cohort_scatter(run->group, &job, NULL, count_of(run)));
	cohort_counts counts;
	MUST(cohort_progress(run->group, &counts));
	CHECK(counts.resumed > 0 && counts.resumed < counts.total,
	      "%zu of %zu resumed", counts.resumed, counts.total);
	CHECK(check_results(run, "") == count_of(run), "tasks are missing");
	snprintf(command, sizeof(command), "rm -r '%s'", folder);
	if (run->rank == 0)
		CHECK(system(command) == 0, "%s", command);
}

void part_stops(const struct run *run)
{
	check_case("stopped without a sweep");
	CHECK_STATUS(COHORT_EINVAL, cohort_stop(NULL));
	CHECK_STATUS(COHORT_ESTATE, cohort_stop(run->group));
	CHECK_NAMES("cohort_stop: rank");
	CHECK(!cohort_is_stopped(NULL) && !cohort_is_stopped(run->group),
	      "without a sweep");
	checks_in_task(run, 0, false, COHORT_STATIC);
	checks_in_task(run, run->size - 1, false, COHORT_STATIC);
	checks_in_task(run, run->size - 1, true, COHORT_STATIC);
	if (run->size == 1)
		checks_in_task(run, 0, true, COHORT_DYNAMIC);
	checks_abandoned(run, run->size - 1, false);
	checks_abandoned(run, 0, true);
	checks_abandoned_alone(run);
	checks_seen(run, 0, false);
	checks_seen(run, run->size - 1, false);
	checks_seen(run, run->size - 1, true);
	checks_in_thread(run, 0);
	checks_in_thread(run, run->size - 1);
	checks_journal(run);
}
