#define _GNU_SOURCE
#include "jobs.h"

#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct scene scene = {.fatal = SIZE_MAX, .endless = SIZE_MAX, .notes = -1};

void fail(const char *format, ...)
{
	va_list args;

	printf("FAILED: rank %d: ", scene.rank);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	_exit(99);
}

double seconds_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void nap_for(double seconds)
{
	const struct timespec time = {
	    (time_t)seconds, (long)(1e9 * (seconds - (double)(time_t)seconds))};

	nanosleep(&time, NULL);
}

/* Words that tasks write over others': no address or length, nothing, and one
 * that could be a length. */
enum { NOTHING = 0, A_LENGTH = 1 << 20 };
static const uint64_t garbage = 0x5a5a5a5a5a5a5a5a;

/* Overwrite all memory that this process shares with others and can write. */
static void scribble(uint64_t word)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];
	unsigned long long from, to;
	char rights[5];

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%llx-%llx %4s", &from, &to, rights) == 3 &&
		    !strcmp(rights, "rw-s"))
			for (uint64_t at = from; at < to; at += sizeof(word))
				memcpy((void *)(uintptr_t)at, &word,
				       sizeof(word));
}

static void scribble_and_crash(uint64_t word)
{
	scribble(word);
	raise(SIGKILL);
}

static void do_harm(void)
{
	const bool isolated =
	    getpid() != cohort_rank(scene.group) && getpgid(0) == getpid();

	if (scene.scribbles)
		scribble_and_crash(garbage);
	/* A child leads a process group, and its rank is its parent. */
	kill(isolated ? getppid() : getpid(), SIGKILL);
	pause();
}

int execute_scene(cohort_task *task)
{
	const size_t index = cohort_task_index(task);
	unsigned char *result = cohort_task_result(task, scene.bytes);

	if (scene.noted && scene.noted[index])
		fail("task %zu is run again", index);
	if (index == scene.front && scene.first > 0)
		nap_for(scene.first);
	if (scene.seconds > 0)
		nap_for(scene.seconds);
	while (index == scene.endless)
		pause();
	if (index == 0 && scene.first_too)
		scribble_and_crash(A_LENGTH);
	if (index == scene.fatal && scene.rank == 1) {
		nap_for(scene.fuse);
		do_harm();
	}
	memset(result, (int)(index % 251), scene.bytes);
	memcpy(result, &index, sizeof(index));
	return 0;
}

/* Processes tell each other what has happened by files of these names. */
static void tell(const char *what)
{
	FILE *file = fopen(what, "w");

	if (!file || fclose(file))
		fail("cannot make the file %s", what);
}

static void await(const char *what)
{
	const double begin = seconds_now();

	while (access(what, F_OK)) {
		if (seconds_now() - begin > 120) /* detects a hang */
			fail("the file %s does not come", what);
		nap_for(0.001);
	}
}

/* Rank 0 has done what it can, and waits. */
static void await_sleep_of_root(void)
{
	char path[64];
	char state = 0;
	const double begin = seconds_now();

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)scene.root);
	while (state != 'S') {
		FILE *stat = fopen(path, "r");
		if (!stat || fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
			fail("cannot read %s", path);
		fclose(stat);
		if (seconds_now() - begin > 120) /* detects a hang */
			fail("rank 0 does not sleep");
		nap_for(0.001);
	}
}

int execute_restored(cohort_task *task)
{
	const size_t index = cohort_task_index(task);

	if (index == scene.fatal && scene.rank == 1)
		_exit(1);
	if (index == scene.fatal + 1 && scene.rank == 1) {
		await_sleep_of_root(); /* it has seen what is there */
		scribble(NOTHING);
		tell("destroyed");
		await("turned");
		await_sleep_of_root();
		raise(SIGKILL);
	}
	if (index == 0)
		await("destroyed");
	return execute_scene(task);
}

int on_restored_result(void *arg, const cohort_result *result)
{
	if (result->index == scene.count / 3 - 1)
		tell("turned");
	return on_scene_result(arg, result);
}

void check_data(const cohort_result *result)
{
	const unsigned char *data = result->data;
	size_t index;

	if (result->bytes != scene.bytes)
		fail("task %zu: %zu bytes", result->index, result->bytes);
	memcpy(&index, data, sizeof(index));
	if (index != result->index)
		fail("task %zu has the result of %zu", result->index, index);
	for (size_t i = sizeof(index); i < scene.bytes; i++)
		if (data[i] != index % 251)
			fail("task %zu: byte %zu is wrong", index, i);
}

int on_scene_result(void *arg, const cohort_result *result)
{
	const size_t index = result->index;

	(void)arg;
	if (index >= scene.count || scene.seen[index])
		fail("task %zu comes twice", index);
	if (scene.ordered && index < scene.next)
		fail("task %zu comes after %zu", index, scene.next - 1);
	scene.next = index + 1;
	scene.seen[index] = 1;
	if (result->status == COHORT_OK)
		check_data(result);
	else
		scene.failed++;
	if (scene.notes >= 0 &&
	    write(scene.notes, &index, sizeof(index)) != sizeof(index))
		fail("the call for task %zu cannot be noted", index);
	if (++scene.calls == scene.act_at)
		scene.act();
	if (scene.slow > 0)
		nap_for(scene.slow);
	return scene.calls == scene.stop_at ? 7 : 0;
}

/* KiB that this process has had in memory at most. */
static long peak_memory(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];
	long peak = 0;

	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "VmHWM: %ld", &peak) == 1)
			break;
	if (status)
		fclose(status);
	return peak;
}

void expect_memory(long most)
{
	const long peak = peak_memory();

	printf("rank %d: %ld KiB\n", scene.rank, peak);
#ifndef __SANITIZE_ADDRESS__
	if (peak > most)
		fail("%ld KiB", peak);
#else
	(void)most;
#endif
}
