/*
 * interrupted SCENE HOW VICTIM
 * interrupted windows
 *
 * The rank VICTIM ("last": the last one) makes the call of SCENE and is interrupted
 * in it, HOW: by a `handler` of a signal, by another `thread`, or by its own
 * `on_result` (`itself`). The other ranks come to no call before it has returned. Then, on mp,
 * they make a call too. The
 * file LINES receives "passed" and the seconds from the interrupt to the return, or
 * "FAILED" and why.
 */
#define _GNU_SOURCE
#include "interrupted.h"

#include "clock.h"
#include "pace.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static const double bound = 1; /* seconds */

struct here here;

static void say(const char *format, ...)
{
	FILE *lines = fopen(getenv("LINES"), "a");
	va_list args;

	if (!lines)
		_exit(3);
	va_start(args, format);
	vfprintf(lines, format, args);
	va_end(args);
	fclose(lines);
}

void expect(bool holds, const char *what, int line)
{
	if (holds)
		return;
	say("FAILED: rank %d, line %d: %s (%s)\n", here.rank, line, what,
	    cohort_error());
	_exit(1);
}

const char *marker(void)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s.mark", getenv("LINES"));
	return path;
}

const char *came(void)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s.came", getenv("LINES"));
	return path;
}

static void set_marker(void)
{
	FILE *file = fopen(marker(), "w");

	if (file)
		fclose(file);
}

static void await_marker(void)
{
	const double begin = now();

	while (access(marker(), F_OK)) {
		nap(0.002);
		EXPECT(now() - begin < patience * pace_now());
	}
}

void interrupt_now(void)
{
	here.when = now();
	cohort_interrupt(here.group);
}

static void on_signal(int number)
{
	(void)number;
	interrupt_now();
}

static void *interrupt_later(void *arg)
{
	const bool signals = !strcmp(here.scene, "signalled");

	(void)arg;
	while (signals && !atomic_load(&here.handles_signals))
		nap(1e-3);
	nap(0.03);
	if (!strcmp(here.scene, "stopped"))
		EXPECT(cohort_stop(here.group) == COHORT_OK);
	if (signals)
		raise(SIGTERM);
	interrupt_now();
	return NULL;
}

static void prepare_interrupt(void)
{
	static pthread_t thread;

	if (!here.by_handler && !here.by_thread)
		return;
	if (here.by_thread) {
		EXPECT(!pthread_create(&thread, NULL, interrupt_later, NULL));
		return;
	}
	signal(SIGALRM, on_signal);
	setitimer(ITIMER_REAL,
	          &(struct itimerval){.it_value = {.tv_usec = 30000}}, NULL);
}

static const struct scene {
	const char *name;
	cohort_status (*call)(void);
	bool is_sweep; /* every rank makes the call at once */
} scenes[] = {
    {"barrier", call_barrier, false},
    {"bcast", call_bcast, false},
    {"gatherv", call_gatherv, false},
    {"allgatherv", call_allgatherv, false},
    {"allreduce", call_allreduce, false},
    {"sum", call_sum, false},
    {"bcast_object", call_bcast_object, false},
    {"objects", call_objects, false},
    {"open", call_open, false},
    {"close", call_close, false},
    {"gather", call_gather, false},
    {"between", call_between, false},
    {"in_task", call_in_task, true},
    {"waiting", call_waiting, true},
    {"isolated", call_isolated, true},
    {"stopped", call_isolated, true},
    {"signalled", call_signalled, true},
    {"on_result", call_on_result, true},
    {"on_result_isolated", call_on_result_isolated, true},
};

static bool names_victim(void)
{
	char words[32];

	snprintf(words, sizeof(words), "rank %d", here.victim);
	return strstr(cohort_error(), words) &&
	       strstr(cohort_error(), "interrupt");
}

static int do_nothing(cohort_task *task)
{
	(void)task;
	return 0;
}

/* From now on every call fails, and close does not wait. */
static void expect_broken(void)
{
	EXPECT(cohort_barrier(here.group) == COHORT_EINTERRUPTED);
	EXPECT(names_victim());
	cohort_interrupt(here.group);
	EXPECT(cohort_close(here.group) == COHORT_OK);
	cohort_interrupt(here.group); /* does nothing */
}

static void be_victim(const struct scene *scene)
{
	prepare_interrupt();
	const cohort_status status = scene->call();
	const double end = now();
	EXPECT(status == COHORT_EINTERRUPTED);
	EXPECT(names_victim());
	const double when = here.when;
	EXPECT(when > 0);
	if (!pace_within(when, end, bound)) {
		say("FAILED: %s: %s\n", scene->name, pace_compared());
		_exit(1);
	}
	if (scene->is_sweep)
		EXPECT(executed <= 3 && ((scene->call != call_in_task &&
		                          scene->call != call_on_result) ||
		                         executed <= 1));
	if (scene->call == call_close)
		EXPECT(cohort_barrier(here.group) == COHORT_ESTATE);
	else
		expect_broken();
	say("passed %s, %.1f ms\n", scene->name, 1e3 * (end - when));
	set_marker();
}

/* On mpi another rank cannot learn of it, but in a sweep. */
static void be_other(const struct scene *scene)
{
	cohort_status status = COHORT_EINTERRUPTED;

	if (scene->is_sweep)
		status = scene->call();
	await_marker();
	if (scene->is_sweep)
		EXPECT(status == COHORT_EINTERRUPTED && names_victim());
	if (!here.is_mp && !scene->is_sweep)
		_exit(0);
	if (scene->call != call_close) {
		EXPECT(cohort_barrier(here.group) == COHORT_EINTERRUPTED);
		EXPECT(names_victim());
	}
	status = cohort_close(here.group);
	EXPECT(status == COHORT_OK || status == COHORT_EINTERRUPTED);
}

static const struct scene *find_scene(const char *name)
{
	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++)
		if (!strcmp(scenes[i].name, name))
			return &scenes[i];
	exit(2);
}

int main(int argc, char *argv[])
{
	if (argc == 2 && !strcmp(argv[1], "windows"))
		return interrupt_windows();
	if (argc < 4)
		return 2;
	const struct scene *scene = find_scene(argv[1]);
	const cohort_job job = {.execute = do_nothing};

	cohort_interrupt(NULL);
	pace_begin(NULL);
	EXPECT(cohort_open(NULL, &here.group) == COHORT_OK);
	here.scene = scene->name;
	here.rank = cohort_rank(here.group);
	here.size = cohort_size(here.group);
	here.is_mp = !strcmp(cohort_backend(here.group), "mp");
	here.by_handler = !strcmp(argv[2], "handler");
	here.by_thread = !strcmp(argv[2], "thread");
	here.victim = !strcmp(argv[3], "last") ? here.size - 1 : atoi(argv[3]);
	here.numbers = calloc(LARGE + 1, sizeof(double));
	here.counts = calloc((size_t)here.size, sizeof(size_t));
	EXPECT(here.numbers && here.counts);
	for (int r = 0; r < here.size; r++)
		here.counts[r] = 1;
	if (scene->call == call_gather)
		EXPECT(cohort_scatter(here.group, &job, NULL, 100) ==
		       COHORT_OK);
	if (here.rank == here.victim)
		be_victim(scene);
	else
		be_other(scene);
	free(here.numbers);
	free(here.counts);
	return 0;
}
