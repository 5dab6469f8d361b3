/*
 * A child that runs tasks is killed at each step between its tasks: before and
 * after it claims some, begins one, stores its result, writes it to the journal,
 * and records that it is done. In each case no task is lost, no finished task is
 * run again, and the journal and the results are the same.
 */
#define _GNU_SOURCE
#include "hooks.h"
#include "sweep.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TASKS = 14, CALLS = SANITIZED ? 2 : 6 };
enum { SIGKILL_EVERY = 16 }; /* scenes */

struct scene {
	enum hook kind;
	enum hook_mode mode;
	int at;
	int signal;
	cohort_schedule schedule;
	size_t chunk;
	int retries;
	bool copies_claim;
};

static char path[PATH_BYTES];
static int deaths, tasks_failed;

static void describe(const struct scene *scene)
{
	EXPECT(false,
	       "^ killed by signal %d %s call %d of %s; schedule %d, chunk "
	       "%zu, %d "
	       "retries, %s",
	       scene->signal, scene->mode == KILL_BEFORE ? "before" : "after",
	       scene->at, hook_names[scene->kind], (int)scene->schedule,
	       scene->chunk, scene->retries,
	       scene->copies_claim ? "claiming" : "asking");
}

/* One task may have failed by the kill; the others have their results. */
static void expect_right(const struct scene *scene, struct gathered *gathered)
{
	int failed = 0;
	int began = 0;
	char words[32];

	snprintf(words, sizeof(words), "signal %d", scene->signal);
	for (size_t i = 0; i < gathered->count; i++) {
		const cohort_result *result = &gathered->all[i];
		const int times = here.shared->began[i];
		began += times;
		failed += result->status != COHORT_OK;
		EXPECT(result->status == COHORT_OK ||
		           strstr(result->error, words),
		       "task %zu: %s: %s", i,
		       cohort_status_name(result->status), result->error);
		EXPECT(result->attempts >= 1 &&
		           result->attempts <= 1 + scene->retries,
		       "task %zu: %d attempts", i, result->attempts);
		EXPECT(result->status != COHORT_OK || times >= 1,
		       "task %zu was begun %d times", i, times);
	}
	EXPECT(failed <= (scene->retries == 0), "%d tasks failed", failed);
	EXPECT(began <= TASKS + scene->retries, "%d were begun", began);
	EXPECT(gathered->count == TASKS, "%zu results", gathered->count);
	tasks_failed += failed;
}

/* The second run has all results from the journal, as the first one had them. */
static void expect_same(struct gathered *first, struct gathered *second)
{
	for (size_t i = 0; i < TASKS; i++) {
		const cohort_result *a = &first->all[i];
		const cohort_result *b = &second->all[i];
		EXPECT(here.shared->began[i] == 0, "task %zu is run again", i);
		EXPECT(
		    a->status == b->status && !strcmp(a->error, b->error) &&
		        a->bytes == b->bytes && a->rank == b->rank &&
		        a->attempts == b->attempts &&
		        (a->bytes == 0 || !memcmp(a->data, b->data, a->bytes)),
		    "task %zu: %s, %zu bytes, rank %d, %d attempts; "
		    "journal: %s, %zu bytes, rank %d, %d attempts",
		    i, cohort_status_name(a->status), a->bytes, a->rank,
		    a->attempts, cohort_status_name(b->status), b->bytes,
		    b->rank, b->attempts);
	}
}

static void play(const struct scene *scene)
{
	const int before = check_failures();
	const cohort_job job = {
	    .execute = task_plain,
	    .isolate = true,
	    .schedule = scene->schedule,
	    .chunk = scene->chunk,
	    .retries = scene->retries,
	    .journal = path,
	};

	barrier();
	if (here.rank == 0)
		folder_empty();
	hooks_set_claims(here.group, scene->copies_claim);
	hooks_arm(scene->kind, scene->mode, scene->at, scene->signal);
	struct gathered first = sweep_run(job, TASKS);
	deaths += atomic_exchange(&hooks->armed, 0) == 0;
	expect_right(scene, &first);
	struct gathered second = sweep_run(job, TASKS);
	expect_same(&first, &second);
	sweep_free(&first);
	sweep_free(&second);
	if (check_failures() > before)
		describe(scene);
}

static void play_all(bool copies_claim)
{
	for (int i = 0; i < HOOKS * HOOK_MODES * CALLS * 2; i++) {
		const int turn = i / HOOKS / HOOK_MODES;
		const struct scene scene = {
		    .kind = (enum hook)(i % HOOKS),
		    .mode = (enum hook_mode)(i / HOOKS % HOOK_MODES),
		    .at = 1 + turn / 2,
		    /* Half a second passes before a task is blamed for a
		     * SIGKILL, which may come from outside. */
		    .signal = i % SIGKILL_EVERY ? SIGUSR1 : SIGKILL,
		    .retries = turn % 2 * 2,
		    .schedule =
		        (cohort_schedule)(COHORT_STATIC + (i + turn) % 3),
		    .chunk = (size_t)(i % 4),
		    .copies_claim = copies_claim,
		};
		/* Children that ask for tickets differ in these steps only. */
		if (copies_claim || scene.kind <= HOOK_ASK)
			play(&scene);
	}
}

int main(void)
{
	char before[HOLDINGS_BYTES];
	char after[HOLDINGS_BYTES];
	int64_t totals[3];
	const double begin = now();

	check_begin();
	hooks_create();
	setenv("COHORT_LOG", "error", 0); /* lost claims are warned of */
	check_enter();
	path_of(path, "journal");
	play(&(struct scene){.at = 1, .signal = SIGKILL, .copies_claim = true});
	sweep_plain();
	holdings(before);
	play_all(true);
	play_all(false);
	sweep_plain();
	holdings(after);
	EXPECT(!strcmp(before, after), "left behind; before:\n%safter:\n%s",
	       before, after);
	totals[0] = deaths;
	totals[1] = tasks_failed;
	totals[2] = check_failures();
	MUST(cohort_allreduce(here.group, COHORT_IN_PLACE, totals, 3,
	                      COHORT_INT64, COHORT_MAX));
	EXPECT(totals[0] > 15 * CALLS && totals[1] > 3 * CALLS,
	       "there were too few");
	figure("%lld deaths between tasks, %lld tasks failed by them, %.1f s",
	       (long long)totals[0], (long long)totals[1], now() - begin);
	check_leave();
	MUST(cohort_close(here.group));
	return totals[2] > 0 || check_failures() > 0;
}
