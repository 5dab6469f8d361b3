#define _POSIX_C_SOURCE 200809L
#include "clock.h"
#include "outcome.h"
#include "pace.h"
#include "scenes.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void stop(void)
{
	raise(SIGTERM);
}

void scene_signal(const cohort_job *job)
{
	cohort_counts counts;

	scene.count = 100000;
	scene.bytes = 1 << 20;
	scene.act_at = 60;
	scene.act = stop;
	scene.slow = 0.002;
	if (cohort_stop_on_signals(scene.group) != COHORT_OK)
		fail("%s", cohort_error());
	const cohort_status status = sweep_scene(job);
	if (status != COHORT_ESTOPPED || !strstr(cohort_error(), "signal 15"))
		fail("%s: %s", cohort_status_name(status), cohort_error());
	if (cohort_progress(scene.group, &counts) != COHORT_OK)
		fail("%s", cohort_error());
	expect_calls(counts.done, 0);
}

static void check_memory(const cohort_job *job)
{
	const cohort_status status = sweep_scene(job);
	if (status != COHORT_OK)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	expect_calls(scene.count, 0);
	expect_memory(160 * 1024);
}

void scene_memory(const cohort_job *job)
{
	scene.count = job->isolate ? 100000 : 400000;
	scene.bytes = job->isolate ? 4096 : 1024;
	scene.first = 0.1;
	check_memory(job);
}

void scene_front(const cohort_job *job)
{
	scene.count = job->isolate ? 150000 : 600000;
	scene.bytes = job->isolate ? 4096 : 1024;
	scene.front = scene.count / 3;
	scene.first = 2;
	check_memory(job);
}

void scene_slow(const cohort_job *job)
{
	const char *timeout = getenv("COHORT_TIMEOUT");

	if (!timeout)
		fail("COHORT_TIMEOUT is not set");
	scene.count = 760;
	scene.bytes = 1000;
	scene.slow = strtod(timeout, NULL) / 600; /* all: 1.27 times as long */
	for (int i = 0; i < 2; i++) {
		const cohort_status status = sweep_scene(job);
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

void scene_stands_still(const cohort_job *job)
{
	cohort_job apart = *job;

	scene.count = 3000;
	scene.bytes = 64 * 1024;
	apart.execute = execute_apart;
	rank_1 = scene.rank == 1 ? getpid() : 0;
	if (cohort_bcast(scene.group, &rank_1, 1, COHORT_INT32, 1) != COHORT_OK)
		fail("%s", cohort_error());
	const cohort_status status = sweep_scene(&apart);
	if (status != COHORT_OK)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	expect_calls(scene.count, 0);
}

/* In its tenth task the rank stops; another one lets it go on in the end. */
static int sleeper;
static pid_t sleepers_process;
static double stopped_at;

static int execute_until_stopped(cohort_task *task)
{
	static int tasks;

	if (scene.rank == sleeper && ++tasks == 10)
		raise(SIGSTOP);
	return execute_scene(task);
}

static int note_time(void *arg, const cohort_result *result)
{
	stopped_at = now();
	return on_scene_result(arg, result);
}

/* The sleeper itself may learn anything. */
static void sweep_with_sleeper(const cohort_job *job)
{
	cohort_job stopping = *job;

	scene.count = 3000;
	scene.bytes = 64 * 1024;
	stopping.execute = execute_until_stopped;
	stopping.on_result = note_time;
	pace_begin(NULL);
	sleepers_process = getpid();
	if (cohort_bcast(scene.group, &sleepers_process, 1, COHORT_INT32,
	                 sleeper) != COHORT_OK)
		fail("%s", cohort_error());
	stopped_at = now();
	const cohort_status status = sweep_scene(&stopping);
	if (scene.rank == sleeper)
		return;
	const double took = now() - stopped_at;
	if (status != COHORT_ETIMEOUT)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	if (!pace_within(stopped_at, now(),
	                 4 * strtod(getenv("COHORT_TIMEOUT"), NULL)))
		fail("%s", pace_compared());
	printf("rank %d after %.1f s: %s\n", scene.rank, took, cohort_error());
	fflush(stdout);
	nap_for(0.2); /* the others may be later */
	kill(sleepers_process, SIGCONT);
}

void scene_peer_stops(const cohort_job *job)
{
	sleeper = 1;
	sweep_with_sleeper(job);
}

void scene_root_stops(const cohort_job *job)
{
	sleeper = 0;
	sweep_with_sleeper(job);
}
