/* A rank that crashes and writes a core file: the kernel marks its end, and closes
 * its sockets, only when the file is written. Ranks that wait for it are told before
 * that, and so are ranks in a sweep, which end it without waiting for the file. */
#define _GNU_SOURCE
#include "runner.h"
#include "scenarios.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { RANKS = 3, VICTIM = 1, READY = 1, TASKS = 300 };

/* Of a file that takes the system long: then others are told before it is there. */
#define LONG_SECONDS 0.5

static size_t dumped;
static char folder[sizeof("/tmp/cohort-core-XXXXXX")];

/* A program may get the file instead, or no file may be allowed. */
static bool writes_here(void)
{
	FILE *pattern = fopen("/proc/sys/kernel/core_pattern", "re");
	char text[256] = "|";
	struct rlimit most;

	if (pattern && !fgets(text, sizeof(text), pattern))
		text[0] = '|';
	if (pattern)
		fclose(pattern);
	return text[0] != '|' && text[0] != '/' &&
	       !getrlimit(RLIMIT_CORE, &most) && most.rlim_max == RLIM_INFINITY;
}

/* This process crashes, and its core file has `dumped` bytes. */
static void crash(void)
{
	const struct rlimit most = {RLIM_INFINITY, RLIM_INFINITY};
	unsigned char *memory = mmap(NULL, dumped, PROT_READ | PROT_WRITE,
	                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	EXPECT(memory != MAP_FAILED && !chdir(folder) &&
	           !setrlimit(RLIMIT_CORE, &most),
	       "it cannot write a core file");
	memset(memory, 1, dumped);
	await(0, READY);
	await(2, READY);
	shared->event = now();
	abort();
}

static void crash_in_barrier(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	if (rank == VICTIM)
		crash();
	reach(rank, READY);
	keep(rank, cohort_barrier(group));
	cohort_close(group);
}

static int work(cohort_task *task)
{
	const cohort *group = cohort_task_state(task);
	int *result = cohort_task_result(task, sizeof(*result));

	if (!result)
		return -1;
	if (cohort_rank(group) == VICTIM)
		crash();
	reach(cohort_rank(group), READY);
	nap(1e-3);
	*result = (int)cohort_task_index(task);
	return 0;
}

/* All results are there but that of the task that crashed. */
static void check_results(cohort *group)
{
	cohort_results *results = NULL;
	size_t count = 0;
	size_t failed = 0;

	if (!EXPECT(cohort_gather(group, &results) == COHORT_OK, "gather: %s",
	            cohort_error()))
		return;
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++) {
		const bool done = all[i].status == COHORT_OK;
		failed += !done;
		EXPECT(done ? *(const int *)all[i].data == (int)i
		            : strstr(all[i].error, "signal 6") != NULL,
		       "result %zu: %s", i, done ? "wrong" : all[i].error);
	}
	EXPECT(count == TASKS && failed == 1, "%zu results, %zu failed", count,
	       failed);
	cohort_results_free(results);
}

static void crash_in_sweep(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);
	const cohort_job job = {
	    .execute = work,
	    .arg = group,
	    .param_bytes = sizeof(int),
	    .not_isolated = true,
	};
	static int params[TASKS];

	for (int i = 0; i < TASKS; i++)
		params[i] = i;
	keep(rank, cohort_scatter(group, &job, params, TASKS));
	check_results(group);
	cohort_close(group);
}

/* By its first name: the kernel may append the number of the process. When it was
 * complete, in the time of now(); 0 if there is none that has all. */
static double find_file(void)
{
	DIR *entries = opendir(folder);
	struct timespec wall;
	struct stat about;
	double written = 0;

	for (struct dirent *entry; entries && (entry = readdir(entries));)
		if (*entry->d_name != '.' &&
		    !fstatat(dirfd(entries), entry->d_name, &about, 0) &&
		    about.st_size > (off_t)dumped &&
		    !clock_gettime(CLOCK_REALTIME, &wall))
			written = now() -
			          (double)(wall.tv_sec - about.st_mtim.tv_sec) -
			          1e-9 * (double)(wall.tv_nsec -
			                          about.st_mtim.tv_nsec);
	if (entries)
		closedir(entries);
	return written;
}

static void remove_folder(void)
{
	char command[sizeof(folder) + 64];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (system(command) != 0)
		EXPECT(false, "%s", command);
}

/* When the last of the others was told. */
static double last_told(void)
{
	double last = 0;

	for (int r = 0; r < RANKS; r++) {
		const struct slot *slot = &shared->slots[r];
		if (r == VICTIM)
			continue;
		EXPECT(slot->status == COHORT_EPEER &&
		           said(r, "rank 1 was killed by signal 6"),
		       "rank %d: status %d: %s", r, slot->status,
		       slot->sentence);
		last = slot->returned > last ? slot->returned : last;
	}
	return last;
}

/* Returns when the file was there; 0 if it never was. */
static double run_and_find(void (*program)(void), size_t bytes)
{
	struct utsname kernel;

	if (uname(&kernel) || atoi(kernel.release) < 6)
		skip("Linux tells the signal of a dump only since 6.0");
	if (SANITIZED || !writes_here())
		skip("a crash writes no core file into the working directory");
	dumped = bytes;
	strcpy(folder, "/tmp/cohort-core-XXXXXX");
	if (!EXPECT(mkdtemp(folder), "mkdtemp"))
		return 0;
	run(program);
	const double written = find_file();
	remove_folder();
	EXPECT(written > 0, "no core file was written");
	return written;
}

void scenario_core_file(void)
{
	const double written = run_and_find(crash_in_barrier, 256U << 20);
	const double told = last_told();

	figure("told %.1f ms after a rank of 256 MB crashed; its core file was "
	       "there after %.0f ms",
	       1e3 * (told - shared->event), 1e3 * (written - shared->event));
	EXPECT(told < written || written - shared->event < LONG_SECONDS,
	       "told %.3f s after the crash, when the core file was there",
	       told - shared->event);
}

/* The sweep's other tasks take a fraction of the time of the file. */
void scenario_core_file_in_sweep(void)
{
	const double written = run_and_find(crash_in_sweep, 640U << 20);
	const double told = last_told();

	figure(
	    "told %.1f ms after a rank of 640 MB crashed in a sweep; its core "
	    "file was there after %.0f ms",
	    1e3 * (told - shared->event), 1e3 * (written - shared->event));
	EXPECT(told < written || written - shared->event < LONG_SECONDS,
	       "told %.3f s after the crash, when the core file was there",
	       told - shared->event);
}
