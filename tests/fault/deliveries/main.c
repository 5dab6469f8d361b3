/*
 * delivered SCENE [FLAG...]
 *
 * One scene of a sweep with an on_result in which something ends that should not.
 * Flags: ordered, discard, isolate, static. Prints a line with `passed` or with
 * FAILED; cases.sh says how the program must end.
 */
#define _GNU_SOURCE
#include "resumed.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cohort_job job_of(int count, char *flags[])
{
	cohort_job job = {.execute = execute_scene,
	                  .on_result = on_scene_result};

	for (int i = 0; i < count; i++) {
		job.ordered |= !strcmp(flags[i], "ordered");
		job.discard |= !strcmp(flags[i], "discard");
		job.isolate |= !strcmp(flags[i], "isolate");
		if (!strcmp(flags[i], "static"))
			job.schedule = COHORT_STATIC;
	}
	scene.ordered = job.ordered;
	return job;
}

static cohort_status sweep(const cohort_job *job)
{
	scene.seen = calloc(1, scene.count + 1);
	return cohort_scatter(scene.group, job, NULL, scene.count);
}

static void expect_calls(size_t calls, size_t failed)
{
	if (scene.rank == 0 && (scene.calls != calls || scene.failed != failed))
		fail("%zu calls, %zu of them for failed tasks: %s", scene.calls,
		     scene.failed, cohort_error());
}

/* Rank 1, whose share is the second third, is killed in a task; the others finish
 * the sweep, and each result comes once. */
static void scene_rank_dies(const cohort_job *job)
{
	scene.count = 300;
	scene.bytes = 1024;
	scene.seconds = 0.0005;
	scene.fatal = 170;
	const cohort_status status = sweep(job);
	if (status != COHORT_EPEER)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	expect_calls(scene.count, 1);
}

/* The same for the task that all others wait for: more results than rank 0 may
 * hold are there already. */
static void scene_awaited_dies(const cohort_job *job)
{
	scene.count = 400;
	scene.bytes = 1 << 20;
	scene.fatal = 134; /* the first of rank 1 */
	scene.fuse = 0.3;
	const cohort_status status = sweep(job);
	if (status != COHORT_EPEER)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	expect_calls(scene.count, 1);
}

/* The first task that did not come. */
static size_t first_missing(void)
{
	size_t index = 0;

	while (index < scene.count && scene.seen[index])
		index++;
	return index;
}

/* A child destroys all that it can write; no result is wrong or lost. */
static void scene_scribbles(const cohort_job *job)
{
	scene.count = 200;
	scene.bytes = job->ordered && job->discard ? 1 << 20 : 10000;
	scene.fatal = 101;
	scene.scribbles = true;
	const cohort_status status = sweep(job);
	if (status != COHORT_OK)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	if (scene.rank == 0 && scene.calls != scene.count)
		fail("%zu calls, none for task %zu", scene.calls,
		     first_missing());
}

/* All results wait for task 0, which is run twice. Meanwhile those that another
 * child has destroyed where they wait are made once more. */
static void scene_scribbles_twice(const cohort_job *job)
{
	scene.first = 0.3;
	scene.first_too = true;
	scene_scribbles(job);
}

/* Every rank that lives has all results. */
static void expect_gathered(void)
{
	cohort_results *results;
	size_t count;

	if (cohort_gather(scene.group, &results) != COHORT_OK)
		fail("cohort_gather: %s", cohort_error());
	const cohort_result *all = cohort_results_all(results, &count);
	if (count != scene.count)
		fail("%zu results", count);
	for (size_t i = 0; i < count; i++) {
		if (all[i].index != i || all[i].rank < 0)
			fail("result %zu: task %zu", i, all[i].index);
		if (all[i].status == COHORT_OK)
			check_data(&all[i]);
	}
	cohort_results_free(results);
}

/* A child of rank 0 destroys what another rank has said of its results, which is
 * then at rest; and a rank dies, so rank 0 decides what is there. */
static void scene_scribbles_and_dies(const cohort_job *job)
{
	scene.count = 200;
	scene.bytes = 1000;
	scene.first = 0.2;
	scene.first_too = true;
	scene.fatal = 101;
	scene.fuse = 0.4;
	const cohort_status status = sweep(job);
	if (status != COHORT_EPEER)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	if (scene.rank == 0 && scene.calls != scene.count)
		fail("%zu calls, none for task %zu", scene.calls,
		     first_missing());
	expect_gathered();
}

/* Results are due, in the place where they wait, while a child has destroyed them
 * or what tells where they end, and lives; their rank restores them. */
static void scene_restored(const cohort_job *job, size_t bytes)
{
	cohort_job restored = *job;

	scene.count = 201;
	scene.bytes = bytes;
	scene.fatal = 76;
	restored.execute = execute_restored;
	restored.on_result = on_restored_result;
	const cohort_status status = sweep(&restored);
	if (status != COHORT_OK)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	if (scene.rank == 0 && scene.calls != scene.count)
		fail("%zu calls, none for task %zu", scene.calls,
		     first_missing());
}

static void die(void)
{
	raise(SIGKILL);
}

static void leave(void)
{
	exit(3);
}

static void leave_thread(void)
{
	pthread_exit(NULL);
}

/* on_result ends rank 0, while the others run tasks or wait for room. */
static void scene_root_ends(const cohort_job *job, void (*how)(void))
{
	scene.count = 100000;
	scene.bytes = 100000;
	scene.act_at = 300;
	scene.act = how;
	scene.slow = 0.001;
	const cohort_status status = sweep(job);
	if (scene.rank == 0 || status != COHORT_EPEER)
		fail("%s: %s", cohort_status_name(status), cohort_error());
}

/* Rank 1 dies, and on_result stops the sweep while the results of rank 2 wait for
 * their turn. None of them is lost: on_result is not called for them, so all that
 * live have them in the end. */
static void scene_stopped_dies(const cohort_job *job)
{
	cohort_results *results;
	size_t count;
	size_t waited = 0;

	scene.count = 300;
	scene.bytes = 1000;
	scene.first = 0.5;
	scene.fatal = 101;
	scene.fuse = 0.1;
	scene.stop_at = 5;
	const cohort_status status = sweep(job);
	if (status != COHORT_EPEER)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	expect_calls(5, 0);
	if (cohort_gather(scene.group, &results) != COHORT_OK)
		fail("cohort_gather: %s", cohort_error());
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		if (all[i].index >= 200 && all[i].status == COHORT_OK) {
			check_data(&all[i]);
			waited++;
		}
	if (waited != 100)
		fail("%zu of the results that waited are there", waited);
	cohort_results_free(results);
}

static void stop(void)
{
	raise(SIGTERM);
}

/* A signal comes while ranks wait for room. All that was finished comes. */
static void scene_signal(const cohort_job *job)
{
	cohort_counts counts;

	scene.count = 100000;
	scene.bytes = 1 << 20;
	scene.act_at = 60;
	scene.act = stop;
	scene.slow = 0.002;
	if (cohort_stop_on_signals(scene.group) != COHORT_OK)
		fail("%s", cohort_error());
	const cohort_status status = sweep(job);
	if (status != COHORT_ESTOPPED || !strstr(cohort_error(), "signal 15"))
		fail("%s: %s", cohort_status_name(status), cohort_error());
	if (cohort_progress(scene.group, &counts) != COHORT_OK)
		fail("%s", cohort_error());
	expect_calls(counts.done, 0);
}

static void check_memory(const cohort_job *job)
{
	const cohort_status status = sweep(job);
	if (status != COHORT_OK)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	expect_calls(scene.count, 0);
	expect_memory(160 * 1024);
}

/* 400 MB of results, behind a task that takes long. */
static void scene_memory(const cohort_job *job)
{
	scene.count = job->isolate ? 100000 : 400000;
	scene.bytes = job->isolate ? 4096 : 1024;
	scene.first = 0.1;
	check_memory(job);
}

/* Rank 2 has 200 MB of results, which wait for the first one of rank 1. Rank 0
 * has run its share, and takes what comes. */
static void scene_front(const cohort_job *job)
{
	scene.count = job->isolate ? 150000 : 600000;
	scene.bytes = job->isolate ? 4096 : 1024;
	scene.front = scene.count / 3;
	scene.first = 2;
	check_memory(job);
}

/* on_result takes longer, in all, than the group's timeout: no result is lost,
 * and none reaches the next sweep. */
static void scene_slow(const cohort_job *job)
{
	scene.count = 760;
	scene.bytes = 1000;
	scene.slow = 0.0025;
	for (int i = 0; i < 2; i++) {
		const cohort_status status = sweep(job);
		if (status != COHORT_OK)
			fail("%s: %s", cohort_status_name(status),
			     cohort_error());
		expect_calls(scene.count, 0);
		free(scene.seen);
		scene.calls = scene.next = 0;
		scene.slow = 0;
		scene.count = 100;
	}
}

static pid_t rank_1;

static void *continue_rank_1(void *arg)
{
	(void)arg;
	nap_for(1);
	kill(rank_1, SIGCONT);
	return NULL;
}

/* In its first task rank 0 receives nothing, until rank 1 has more results than
 * it can send. Then rank 1 stands still for a second. */
static int execute_apart(cohort_task *task)
{
	static bool begun;
	pthread_t thread;

	if (scene.rank == 0 && !begun) {
		nap_for(0.5);
		kill(rank_1, SIGSTOP);
		if (pthread_create(&thread, NULL, continue_rank_1, NULL))
			fail("no thread");
		pthread_detach(thread);
	}
	begun = true;
	return execute_scene(task);
}

/* Rank 0 has all that it may hold, and waits for a result that rank 1 has. That
 * is no lost task, however long it takes: cases.sh looks at the log. */
static void scene_stands_still(const cohort_job *job)
{
	cohort_job apart = *job;

	scene.count = 3000;
	scene.bytes = 64 * 1024;
	apart.execute = execute_apart;
	rank_1 = scene.rank == 1 ? getpid() : 0;
	if (cohort_bcast(scene.group, &rank_1, 1, COHORT_INT32, 1) != COHORT_OK)
		fail("%s", cohort_error());
	const cohort_status status = sweep(&apart);
	if (status != COHORT_OK)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	expect_calls(scene.count, 0);
}

static double *delays;

static int stamp(cohort_task *task)
{
	double *end = cohort_task_result(task, sizeof(*end));

	nap_for(0.002);
	*end = seconds_now();
	return 0;
}

static int measure(void *arg, const cohort_result *result)
{
	(void)arg;
	delays[scene.calls++] = seconds_now() - *(const double *)result->data;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Rank 0 has a child, or its share is done first: it waits. The times are
 * printed, and bound nothing: the machine may be busy. */
static void scene_latency(const cohort_job *job)
{
	cohort_job stamped = *job;

	scene.count = 200;
	stamped.execute = stamp;
	stamped.on_result = measure;
	delays = calloc(scene.count, sizeof(*delays));
	const cohort_status status = sweep(&stamped);
	if (status != COHORT_OK)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	if (scene.rank > 0)
		return;
	qsort(delays, scene.count, sizeof(*delays), compare);
	printf("median %.1f us, 99 %% %.1f us\n", 1e6 * delays[100],
	       1e6 * delays[198]);
}

static void play(const char *name, const cohort_job *job)
{
	if (!strcmp(name, "rank_dies"))
		scene_rank_dies(job);
	else if (!strcmp(name, "awaited_dies"))
		scene_awaited_dies(job);
	else if (!strcmp(name, "scribbles"))
		scene_scribbles(job);
	else if (!strcmp(name, "scribbles_twice"))
		scene_scribbles_twice(job);
	else if (!strcmp(name, "scribbles_and_dies"))
		scene_scribbles_and_dies(job);
	else if (!strcmp(name, "restored_small"))
		scene_restored(job, 100);
	else if (!strcmp(name, "restored"))
		scene_restored(job, 10000);
	else if (!strcmp(name, "stopped_dies"))
		scene_stopped_dies(job);
	else if (!strcmp(name, "journal_dies"))
		scene_journal_dies(job);
	else if (!strcmp(name, "journal_resumed"))
		scene_journal_resumed(job);
	else if (!strcmp(name, "journal_fills"))
		scene_journal_fills(job);
	else if (!strcmp(name, "journal_passes"))
		scene_journal_passes(job);
	else if (!strcmp(name, "journal_stops"))
		scene_journal_stops(job);
	else if (!strcmp(name, "journal_cut"))
		scene_journal_cut(job);
	else if (!strcmp(name, "root_dies"))
		scene_root_ends(job, die);
	else if (!strcmp(name, "root_leaves"))
		scene_root_ends(job, leave);
	else if (!strcmp(name, "root_thread"))
		scene_root_ends(job, leave_thread);
	else if (!strcmp(name, "signal"))
		scene_signal(job);
	else if (!strcmp(name, "memory"))
		scene_memory(job);
	else if (!strcmp(name, "front"))
		scene_front(job);
	else if (!strcmp(name, "slow"))
		scene_slow(job);
	else if (!strcmp(name, "stands_still"))
		scene_stands_still(job);
	else if (!strcmp(name, "latency"))
		scene_latency(job);
	else
		fail("no scene is called %s", name);
}

int main(int argc, char *argv[])
{
	if (argc < 2)
		fail("usage: delivered SCENE [FLAG...]");
	const cohort_job job = job_of(argc - 2, argv + 2);
	scene.root = getpid();
	if (cohort_open(NULL, &scene.group) != COHORT_OK)
		fail("%s", cohort_error());
	scene.rank = cohort_rank(scene.group);
	play(argv[1], &job);
	const cohort_status status = cohort_close(scene.group);
	if (status != COHORT_OK && status != COHORT_EPEER)
		fail("cohort_close: %s", cohort_error());
	if (scene.rank == 0)
		printf("passed\n");
	return EXIT_SUCCESS;
}
