/* Little memory, small files, no /dev/shm, many descriptors. */
#define _GNU_SOURCE
#include "calls.h"
#include "runner.h"
#include "scenarios.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

enum { RANKS = 4, MANY = 2000, FEW = 32, KB = 1024 };

static int plan;

static void set_limit(int resource, rlim_t most)
{
	const struct rlimit limit = {most, most};

	EXPECT(setrlimit((__rlimit_resource_t)resource, &limit) == 0,
	       "setrlimit: %s", strerror(errno));
}

static void expect_all_well(cohort *group, size_t n)
{
	bool right = false;
	cohort_status status = collectives_all(group, n, &right);

	EXPECT(status == COHORT_OK && right, "%s", cohort_error());
	status = cohort_close(group);
	EXPECT(status == COHORT_OK, "close: %s", cohort_error());
}

static long address_space(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long pages = 0;

	if (file && fscanf(file, "%ld", &pages) != 1)
		pages = 0;
	if (file)
		fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

/* Either it works, or it says that there is no memory; it does not crash. */
static void open_in_little_memory(void)
{
	const cohort_options options = {.backend = "mp", .size = RANKS};
	cohort *group = NULL;
	bool right = true;

	set_limit(RLIMIT_AS, (rlim_t)(address_space() + (long)plan * KB));
	cohort_status status = cohort_open(&options, &group);
	const bool opened = status == COHORT_OK;
	if (opened)
		status = collectives_all(group, 100000, &right);
	/* The rank that has no memory says so, and breaks the others. */
	EXPECT(status == COHORT_OK || status == COHORT_ENOMEM ||
	           (opened && status == COHORT_EMISMATCH),
	       "%d kB: %s: %s", plan, cohort_status_name(status),
	       cohort_error());
	EXPECT(status != COHORT_OK || right, "%d kB: wrong data", plan);
	if (opened)
		cohort_close(group);
	_exit(0);
}

void scenario_low_memory(void)
{
	if (SANITIZED)
		skip("the sanitizers reserve more memory than any limit");
	for (plan = 0; plan < 64 * KB; plan = 2 * plan + 4) {
		const struct ending ending = run(open_in_little_memory);
		EXPECT(ending.code == 0, "%d kB: exit status %d", plan,
		       ending.code);
	}
}

static int fill(cohort_task *task)
{
	unsigned char *result = cohort_task_result(task, 100000);

	if (!result)
		return -1;
	memset(result, 7, 100000);
	return 0;
}

/* Each rank has 7.5 MB, and one sweep up to 2 MB of it. */
static void sweep_in_little_memory(void)
{
	enum { SWEEPS = 300, TASKS = 20 };
	cohort_job job = {.execute = fill, .schedule = COHORT_DYNAMIC};
	cohort_results *results;
	size_t count;

	set_limit(RLIMIT_AS, (rlim_t)(address_space() + 46500 * KB));
	cohort *group = enter(2, 0);
	for (int i = 0; i < SWEEPS; i++) {
		job.isolate = i % 50 == 0;
		EXPECT(cohort_scatter(group, &job, NULL, TASKS) == COHORT_OK,
		       "scatter %d: %s", i, cohort_error());
		EXPECT(cohort_gather(group, &results) == COHORT_OK,
		       "gather %d: %s", i, cohort_error());
		const cohort_result *all = cohort_results_all(results, &count);
		for (size_t k = 0; k < count; k++)
			EXPECT(all[k].status == COHORT_OK, "%d, task %zu: %s",
			       i, k, all[k].error);
		cohort_results_free(results);
	}
	EXPECT(cohort_close(group) == COHORT_OK, "close: %s", cohort_error());
	exit(0);
}

void scenario_many_sweeps_memory(void)
{
	if (SANITIZED)
		skip("the sanitizers reserve more memory than any limit");
	const struct ending ending = run(sweep_in_little_memory);
	EXPECT(ending.code == 0, "exit status %d", ending.code);
}

static void work_with_small_files(void)
{
	set_limit(RLIMIT_FSIZE, 4 * KB);
	expect_all_well(enter(RANKS, 0), 100000);
}

void scenario_file_size_limit(void)
{
	const struct ending ending = run(work_with_small_files);

	EXPECT(ending.code == 0, "exit status %d", ending.code);
}

static void work_without_dev_shm(void)
{
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "/dev/shm", "tmpfs", MS_RDONLY, "size=4k"))
		_exit(2);
	expect_all_well(enter(RANKS, 0), 100000);
}

void scenario_no_dev_shm(void)
{
	const struct ending ending = run(work_without_dev_shm);

	if (ending.code == 2)
		skip("/dev/shm cannot be mounted over");
	EXPECT(ending.code == 0, "exit status %d", ending.code);
}

/* It closes the program's as soon as it has started the peers. */
static void expect_few_descriptors(int monitor)
{
	const double end = now() + 60; /* detects a hang */
	int held;

	while ((held = state_descriptors(monitor)) >= 20 && now() < end)
		nap(1e-3);
	EXPECT(held < 20, "the monitor holds %d descriptors", held);
}

static void work_with_many_descriptors(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < MANY + 100)
		_exit(2);
	if (limit.rlim_cur < MANY + 100)
		set_limit(RLIMIT_NOFILE, limit.rlim_max);
	for (int i = 0; i < MANY; i++)
		EXPECT(open("/dev/null", O_RDONLY) >= 0, "open");
	cohort *group = enter(RANKS, 0);
	if (!cohort_is_root(group))
		expect_few_descriptors((int)getppid());
	expect_all_well(group, 100000);
}

void scenario_many_descriptors(void)
{
	const struct ending ending = run(work_with_many_descriptors);

	if (ending.code == 2)
		skip("the limit on descriptors is too low");
	EXPECT(ending.code == 0, "exit status %d", ending.code);
}

/* Over shared memory no process needs a descriptor for each rank. */
static void open_with_few_descriptors(void)
{
	set_limit(RLIMIT_NOFILE, FEW);
	expect_all_well(enter(RANKS_MAX, 0), 100);
}

/* Rank 0 has a socket for each rank. */
static void open_with_few_sockets(void)
{
	const cohort_options options = {.backend = "mp", .size = RANKS_MAX};
	cohort *group = NULL;

	set_limit(RLIMIT_NOFILE, FEW);
	const cohort_status status = cohort_open(&options, &group);
	EXPECT(
	    status == COHORT_ESYS &&
	        strstr(cohort_error(), "no descriptor left for the socket") &&
	        strstr(cohort_error(), "ulimit -n"),
	    "%s: %s", cohort_status_name(status), cohort_error());
}

void scenario_few_descriptors(void)
{
	EXPECT(run(open_with_few_descriptors).code == 0, "exit status");
	setenv("COHORT_TRANSPORT", "socket", 1);
	EXPECT(run(open_with_few_sockets).code == 0, "exit status");
}

/* No descriptor of the library's takes the place of a closed standard stream,
 * where the program's next printf would write into it. */
static void open_without_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		close(fd);
	cohort *group = enter(RANKS, 0);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			atomic_fetch_add(&shared->strays, 1);
	expect_all_well(group, 100);
}

void scenario_no_standard_streams(void)
{
	const struct ending ending = run(open_without_streams);

	EXPECT(ending.code == 0, "exit status %d", ending.code);
	EXPECT(atomic_load(&shared->strays) == 0, "%d streams were taken",
	       atomic_load(&shared->strays));
}

/* The end of a pipe is seen when all ranks have closed theirs. */
static void close_a_pipe(void)
{
	int ends[2];
	char byte;

	EXPECT(pipe(ends) == 0, "pipe");
	cohort *group = enter(RANKS, 0);
	close(ends[1]);
	EXPECT(cohort_barrier(group) == COHORT_OK, "%s", cohort_error());
	const ssize_t got = read(ends[0], &byte, 1);
	EXPECT(got == 0, "%zd", got);
	cohort_close(group);
}

void scenario_monitor_holds_nothing(void)
{
	EXPECT(run(close_a_pipe).code == 0, "exit status");
}

static const char taken[] = "user data";
static int taker;

/* The program's own files have the library's numbers then. */
static int take_descriptors(void)
{
	char name[] = "/tmp/descriptors_taken.XXXXXX";
	const int least = STDERR_FILENO + 1;

	closefrom(least);
	const int file = mkstemp(name);
	EXPECT(file == least, "mkstemp: %d", file);
	unlink(name);
	EXPECT(write(file, taken, sizeof(taken)) == sizeof(taken), "write");
	for (int i = 0; i < FEW; i++)
		EXPECT(dup(file) > file, "dup");
	return file;
}

static void break_without_descriptors(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);
	int word = 0;

	if (rank == taker) {
		const int file = take_descriptors();
		keep(rank, cohort_allreduce(group, COHORT_IN_PLACE, &word, 1,
		                            COHORT_INT32, COHORT_SUM));
		EXPECT(lseek(file, 0, SEEK_END) == sizeof(taken),
		       "rank %d: %ld bytes in the user's file", rank,
		       (long)lseek(file, 0, SEEK_END));
	} else {
		keep(rank, cohort_barrier(group));
	}
	cohort_close(group);
}

void scenario_descriptors_taken(void)
{
	for (taker = 0; taker < 2; taker++) {
		run(break_without_descriptors);
		const struct slot *slot = &shared->slots[taker];
		EXPECT(slot->status == COHORT_EPEER ||
		           slot->status == COHORT_EMISMATCH ||
		           slot->status == COHORT_ESYS,
		       "rank %d: %s", taker, slot->sentence);
		for (int r = 0; r < RANKS; r++)
			EXPECT(!said(r, "killed"), "rank %d: %s", r,
			       shared->slots[r].sentence);
		figure("rank %d: %s", taker, slot->sentence);
	}
}
