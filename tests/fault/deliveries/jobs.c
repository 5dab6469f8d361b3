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

struct scene scene = {.fatal = SIZE_MAX};

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

/* Overwrite all memory that this process shares with others and can write, and
 * crash. */
static void scribble(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];
	unsigned long long from, to;
	char rights[5];

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%llx-%llx %4s", &from, &to, rights) == 3 &&
		    !strcmp(rights, "rw-s"))
			memset((void *)(uintptr_t)from, 0x5a,
			       (size_t)(to - from));
	raise(SIGKILL);
}

static void do_harm(void)
{
	const bool isolated =
	    getpid() != cohort_rank(scene.group) && getpgid(0) == getpid();

	if (scene.scribbles)
		scribble();
	/* A child leads a process group, and its rank is its parent. */
	kill(isolated ? getppid() : getpid(), SIGKILL);
	pause();
}

int execute_scene(cohort_task *task)
{
	const size_t index = cohort_task_index(task);
	unsigned char *result = cohort_task_result(task, scene.bytes);

	if (index == 0 && scene.first > 0)
		nap_for(scene.first);
	if (scene.seconds > 0)
		nap_for(scene.seconds);
	if (index == scene.fatal && scene.rank == 1) {
		nap_for(scene.fuse);
		do_harm();
	}
	memset(result, (int)(index % 251), scene.bytes);
	memcpy(result, &index, sizeof(index));
	return 0;
}

static void check_data(const cohort_result *result)
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
	if (++scene.calls == scene.act_at)
		scene.act();
	if (scene.slow > 0)
		nap_for(scene.slow);
	return 0;
}
