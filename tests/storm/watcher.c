#define _GNU_SOURCE
#include "watcher.h"

#include "monotonic.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	SAMPLES = 65536, /* the last minute */
	WAKE_US = 1000,
	DISK_US = 20000,
	PATIENCE_US = 10000000, /* for a sample that does not come */
};

struct sample {
	_Atomic int64_t begin;
	_Atomic int64_t end;
	_Atomic int64_t delay;
};

struct watch {
	_Atomic size_t count; /* ever taken */
	struct sample ring[SAMPLES];
};

static struct watch wakes;
static struct watch disk;
static int file;

static void keep(struct watch *watch, int64_t begin, int64_t delay)
{
	const size_t count = atomic_load(&watch->count);
	struct sample *sample = &watch->ring[count % SAMPLES];

	atomic_store(&sample->begin, begin);
	atomic_store(&sample->delay, delay);
	atomic_store(&sample->end, monotonic_ns());
	atomic_store(&watch->count, count + 1);
}

static void *watch_wakes(void *unused)
{
	for (;;) {
		const int64_t begin = monotonic_ns();
		pause_us(WAKE_US);
		keep(&wakes, begin,
		     monotonic_ns() - begin - WAKE_US * INT64_C(1000));
	}
	return unused;
}

static void *watch_disk(void *unused)
{
	for (;;) {
		const int64_t begin = monotonic_ns();
		const char byte = 0;
		if (pwrite(file, &byte, 1, 0) != 1 || fdatasync(file))
			exit(2);
		keep(&disk, begin, monotonic_ns() - begin);
		pause_us(DISK_US);
	}
	return unused;
}

static void start(void *(*run)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, NULL))
		exit(2);
	pthread_detach(thread);
}

void watcher_begin(const char *folder)
{
	char path[PATH_MAX];
	sigset_t all;
	sigset_t before;

	snprintf(path, sizeof(path), "%s/disk", folder);
	file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0 || unlink(path))
		exit(2);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	start(watch_wakes);
	start(watch_disk);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void await_sample(struct watch *watch, int64_t time)
{
	for (int us = 0; us < PATIENCE_US; us += WAKE_US) {
		const size_t count = atomic_load(&watch->count);
		if (count > 0 &&
		    atomic_load(&watch->ring[(count - 1) % SAMPLES].end) >=
		        time)
			return;
		pause_us(WAKE_US);
	}
}

static int64_t longest(struct watch *watch, int64_t begin, int64_t end)
{
	int64_t most = 0;

	await_sample(watch, end);
	const size_t count = atomic_load(&watch->count);
	for (size_t i = count; i > 0 && i + SAMPLES > count; i--) {
		struct sample *sample = &watch->ring[(i - 1) % SAMPLES];
		const int64_t delay = atomic_load(&sample->delay);
		if (atomic_load(&sample->end) < begin)
			break;
		if (atomic_load(&sample->begin) <= end && delay > most)
			most = delay;
	}
	return most;
}

int64_t watcher_wake_delay(int64_t begin, int64_t end)
{
	return longest(&wakes, begin, end);
}

int64_t watcher_disk_delay(int64_t begin, int64_t end)
{
	return longest(&disk, begin, end);
}
