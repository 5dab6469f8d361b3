#define _GNU_SOURCE
#include "pace.h"

#include "clock.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
	SAMPLES = 4096, /* the last of them, about 10 minutes */
	NAPS = 5,       /* in a sample */
	WORK = 4000000, /* rounds of the loop */
	PAGES = 512,
	PAGE_BYTES = 4096
};

/* CPU seconds of the work and of the pages on the machine that the bounds were
 * written on. */
static const double WORK_SECONDS = 4.8e-3;
static const double PAGES_SECONDS = 1.4e-3;

static const double NAP = 0.02;
/* A wake-up that is so late counts as one more slowdown. */
static const double LATE = 0.1;
/* With a sanitizer a process has a thousand times the memory for the kernel to
 * release at its end, while others wait for that: a bound is then not what is
 * promised, and that much longer. */
#ifdef __SANITIZE_ADDRESS__
static const double SANITIZED = 5;
#else
static const double SANITIZED = 1;
#endif
/* The largest slowdown that pace_now tells. A machine that stood still for some
 * seconds seems to be a hundred times slower, but that is over. */
static const double FORESEEN = 20;

/* Each sample begins where the one before ended. */
struct sample {
	_Atomic double end;
	_Atomic double wall; /* seconds that the work took */
	_Atomic double cpu;  /* CPU seconds of that */
	_Atomic double late; /* the latest wake-up, in seconds */
	_Atomic double speed;
};

static struct samples {
	_Atomic size_t count;  /* ever taken */
	_Atomic bool sampling; /* the thread runs code of this file */
	struct sample ring[SAMPLES];
} * samples;

static _Thread_local char compared[160];

static double cpu_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double larger(double a, double b)
{
	return a > b ? a : b;
}

static double smaller(double a, double b)
{
	return a < b ? a : b;
}

static void work(void)
{
	static volatile uint64_t kept;
	uint64_t x = kept + 1;

	for (int i = 0; i < WORK; i++)
		x = (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	kept = x;
}

static void touch_pages(void)
{
	const size_t bytes = (size_t)PAGES * PAGE_BYTES;
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return;
	madvise(memory, bytes, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < bytes; i += PAGE_BYTES)
		*(volatile char *)(memory + i) = 1;
	munmap(memory, bytes);
}

static void take_sample(int naps, struct sample *out)
{
	double late = 0;

	for (int i = 0; i < naps; i++) {
		const double begin = now();
		nap(NAP);
		late = larger(late, now() - begin - NAP);
	}
	const double begin = now();
	const double work_begin = cpu_seconds();
	work();
	const double pages_begin = cpu_seconds();
	atomic_store(&out->wall, now() - begin);
	touch_pages();
	const double pages = cpu_seconds() - pages_begin;
	const double cpu = pages_begin - work_begin;
	atomic_store(&out->cpu, cpu);
	atomic_store(&out->late, late);
	atomic_store(&out->speed,
	             larger(cpu / WORK_SECONDS, pages / PAGES_SECONDS));
	atomic_store(&out->end, now());
}

static void *keep_sampling(void *unused)
{
	atomic_store(&samples->sampling, true);
	for (int naps = 1;; naps = NAPS) {
		const size_t count = atomic_load(&samples->count);
		take_sample(naps, &samples->ring[count % SAMPLES]);
		atomic_store(&samples->count, count + 1);
	}
	return unused;
}

static bool map_samples(const char *path, int flags)
{
	const int fd = path ? open(path, flags | O_CLOEXEC, 0600) : -1;
	void *memory = MAP_FAILED;

	if (!path)
		memory = mmap(NULL, sizeof(*samples), PROT_READ | PROT_WRITE,
		              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	else if (fd >= 0 && !ftruncate(fd, sizeof(*samples)))
		memory = mmap(NULL, sizeof(*samples), PROT_READ | PROT_WRITE,
		              MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (memory == MAP_FAILED) {
		perror("pace: the samples cannot be mapped");
		return false;
	}
	samples = memory;
	return true;
}

/* A thread that begins takes locks of the address sanitizer. The sanitizer
 * does not release them in the child of a fork, so a child that was forked
 * meanwhile would hang when it looks for leaks at its exit. */
static void await_thread(void)
{
	while (!atomic_load(&samples->sampling))
		nap(1e-4);
}

void pace_begin(const char *path)
{
	sigset_t all, before;
	pthread_t thread;

	if (samples || !map_samples(path, O_RDWR | O_CREAT))
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&thread, NULL, keep_sampling, NULL) == 0) {
		pthread_detach(thread);
		await_thread();
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void pace_read(const char *path)
{
	if (!samples)
		map_samples(path, O_RDWR);
}

/* Wait for the sample that includes this time. It comes late if the thread is
 * gone: with the process that began it. */
static void await_sample(double time)
{
	const double give_up = now() + 10;

	for (;;) {
		const size_t count = atomic_load(&samples->count);
		if (count > 0 &&
		    atomic_load(&samples->ring[(count - 1) % SAMPLES].end) >=
		        time)
			return;
		if (now() > give_up)
			return;
		nap(1e-3);
	}
}

/* Of the samples between the two times, and of the half second before, so that
 * they are several. */
static double summarize(double begin, double end)
{
	const size_t count = atomic_load(&samples->count);
	double wall = 0, cpu = 0, speed = 0, late = 0;
	size_t taken = 0;

	for (size_t i = count; i > 0 && i + SAMPLES > count; i--) {
		struct sample *sample = &samples->ring[(i - 1) % SAMPLES];
		struct sample *before = &samples->ring[(i - 2) % SAMPLES];
		if (atomic_load(&sample->end) < begin - 0.5)
			break;
		if (i > 1 && atomic_load(&before->end) > end)
			continue;
		wall += atomic_load(&sample->wall);
		cpu += atomic_load(&sample->cpu);
		speed += atomic_load(&sample->speed);
		late = larger(late, atomic_load(&sample->late));
		taken++;
	}
	if (taken == 0)
		return 1;
	return larger(wall / cpu, 1 + late / LATE) *
	       larger(1, speed / (double)taken);
}

double pace_slowdown(double begin, double end)
{
	if (!samples)
		return 1;
	await_sample(end);
	return summarize(begin, end);
}

double pace_now(void)
{
	const double time = now();

	if (!samples)
		return 1;
	if (atomic_load(&samples->count) == 0)
		await_sample(0);
	return smaller(summarize(time - 0.5, time), FORESEEN);
}

bool pace_within(double begin, double end, double bound)
{
	double slowdown = SANITIZED;

	if (end - begin >= bound)
		slowdown *= pace_slowdown(begin, end);
	snprintf(compared, sizeof(compared),
	         "%.3f s; the bound is %g s, %.3g s at this machine's slowdown "
	         "of %.1f",
	         end - begin, bound, bound * slowdown, slowdown);
	return end - begin < bound * slowdown;
}

const char *pace_compared(void)
{
	return compared;
}
