/*
 * The end of a rank that takes the kernel long, and the end of a thread that
 * looks like the end of a rank. The environment: COHORT_TEST_LARGE_GIB, the memory
 * of the rank that is killed; 2 if it is unset.
 */
#define _GNU_SOURCE
#include "common/core/group.h"
#include "hooks.h"
#include "runner.h"
#include "scenarios.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

enum { RANKS = 3, READY = 1, IN_CALL = 2, TASKS = 10000, HEAP = 8 << 20 };

#define TASK_SECONDS 1e-3

static size_t large;
static int victim;
static cohort *swept;
static int victim_end; /* a pidfd, opened while the victim lives */

/* Whether the kernel is not done with the victim: it frees its memory. */
static bool is_being_freed(void)
{
	struct pollfd end = {.fd = victim_end, .events = POLLIN};

	return poll(&end, 1, 0) == 0;
}

/* Small pages take the kernel longer to free than huge ones. */
static void fill_memory(void)
{
	unsigned char *memory =
	    mmap(NULL, large, PROT_READ | PROT_WRITE,
	         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (!EXPECT(memory != MAP_FAILED, "mmap"))
		return;
	madvise(memory, large, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < large; i += 4096)
		memory[i] = 1;
}

static void be_large(int rank)
{
	fill_memory();
	reach(rank, READY);
	for (;;)
		pause();
}

static void watch_victim(void)
{
	await(victim, READY);
	victim_end = (int)syscall(
	    SYS_pidfd_open, (long)shared->slots[victim].pid, 0L, 0L, 0L, 0L);
	EXPECT(victim_end >= 0, "pidfd_open");
}

static void wait_for_large_rank(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	if (rank == victim)
		be_large(rank);
	watch_victim();
	reach(rank, IN_CALL);
	keep(rank, cohort_barrier(group));
	shared->slots[rank].right = is_being_freed();
	cohort_close(group);
}

static bool all_are_told(void)
{
	bool all = true;

	for (int r = 0; r < RANKS; r++)
		all &= r == victim || shared->slots[r].returned > 0;
	return all;
}

/* A rank that works knows of the death before a task begins. The tasks that are
 * left when all ranks know take no time. */
static int work(cohort_task *task)
{
	const int rank = cohort_rank(swept);
	struct slot *slot = &shared->slots[rank];
	const double begin = now();

	(void)task;
	if (rank == victim)
		be_large(rank);
	if (slot->step == 0) {
		watch_victim();
		reach(rank, IN_CALL);
	}
	if (slot->returned == 0 && atomic_load(swept->world->failed)) {
		slot->returned = begin;
		slot->right = is_being_freed();
	}
	while (!all_are_told() && now() < begin + TASK_SECONDS)
		;
	return 0;
}

static void expect_one_failed(cohort *group)
{
	cohort_results *results = NULL;
	size_t count = 0;
	int failed = 0;

	EXPECT(cohort_gather(group, &results) == COHORT_OK, "%s",
	       cohort_error());
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		failed += all[i].status != COHORT_OK;
	EXPECT(count == TASKS && failed == 1, "%d of %zu tasks failed", failed,
	       count);
	cohort_results_free(results);
}

static void sweep_with_large_rank(void)
{
	const cohort_job job = {.execute = work, .schedule = COHORT_DYNAMIC};
	struct slot *slot;
	double told;

	swept = enter(RANKS, 0);
	slot = &shared->slots[cohort_rank(swept)];
	const cohort_status status = cohort_scatter(swept, &job, NULL, TASKS);
	told = slot->returned;
	keep(cohort_rank(swept), status);
	slot->returned = told;
	expect_one_failed(swept);
	cohort_close(swept);
}

static void expect_told_early(const char *cause, struct ending ending)
{
	double slowest = 0;

	for (int r = 0; r < RANKS; r++) {
		if (r == victim)
			continue;
		expect_told(r, cause, &slowest);
		EXPECT(shared->slots[r].right,
		       "rank %d was told after the memory was freed", r);
	}
	figure("told %.1f ms after rank %d with %zu GB was killed; all "
	       "processes were gone after %.0f ms",
	       1e3 * slowest, victim, large >> 30,
	       1e3 * (ending.all_gone - shared->event));
}

static void choose_size(void)
{
	const char *wanted = getenv("COHORT_TEST_LARGE_GIB");

	large = (wanted ? strtoul(wanted, NULL, 10) : 2) << 30;
	if ((size_t)sysconf(_SC_AVPHYS_PAGES) <
	    2 * (large / (size_t)sysconf(_SC_PAGESIZE)))
		skip("the machine has not twice so much memory free");
}

static void kill_large(void (*program)(void), const char *cause)
{
	choose_size();
	fill_heap(HEAP); /* the monitor gives it back, and works without */
	victim = 1;
	start(program);
	for (int r = 0; r < RANKS; r++)
		await(r, r == victim ? READY : IN_CALL);
	nap(0.05); /* the others sleep, or work */
	shared->event = now();
	kill(shared->slots[victim].pid, SIGKILL);
	expect_told_early(cause, finish());
}

void scenario_large_rank_killed(void)
{
	kill_large(wait_for_large_rank,
	           "rank 1 was killed by signal 9 (Killed): memory");
	for (int r = 0; r < RANKS; r += 2)
		EXPECT_WITHIN(shared->event, shared->slots[r].returned, 0.1,
		              "rank %d was told late", r);
}

void scenario_large_rank_killed_in_sweep(void)
{
	kill_large(sweep_with_large_rank,
	           "rank 1 was killed by signal 9 (Killed), in task");
}

/* As with more ranks than futex_waitv takes. */
void scenario_large_killed_old_kernel(void)
{
	hooks_reset();
	atomic_store(&hooks->is_old, 1);
	kill_large(sweep_with_large_rank,
	           "rank 1 was killed by signal 9 (Killed), in task");
}

static void compute_beside_large_root(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	if (rank == 0)
		be_large(rank);
	reach(rank, READY);
	for (;;)
		pause();
}

static bool peers_are_gone(void)
{
	bool gone = true;

	for (int r = 1; r < RANKS; r++)
		gone &= kill(shared->slots[r].pid, 0) != 0;
	return gone;
}

void scenario_large_root_killed(void)
{
	bool before = false;

	choose_size();
	fill_heap(HEAP);
	victim = 0;
	const pid_t root = start(compute_beside_large_root);
	await_all(RANKS, READY);
	watch_victim();
	nap(0.05); /* the monitor sleeps */
	const double killed = now();
	kill(root, SIGKILL);
	while (!before && is_being_freed()) {
		nap(1e-4);
		before = peers_are_gone() && is_being_freed();
	}
	const double gone = now();
	const struct ending ending = finish();
	EXPECT(before, "peers live on while the memory of rank 0 is freed");
	figure("the peers were gone %.1f ms after rank 0 with %zu GB was "
	       "killed; its memory was free after %.0f ms",
	       1e3 * (gone - killed), large >> 30,
	       1e3 * (ending.root_gone - killed));
}

/* The thread that opened the group ends, and the rank lives on. */
static void *join_late(void *arg)
{
	cohort *group = arg;

	nap(0.3);
	keep(cohort_rank(group), cohort_barrier(group));
	cohort_close(group);
	exit(0);
}

static void open_and_leave(void)
{
	cohort *group = enter(RANKS, 0);
	pthread_t thread;

	if (cohort_rank(group) == 1) {
		EXPECT(!pthread_create(&thread, NULL, join_late, group),
		       "pthread_create");
		pthread_exit(NULL);
	}
	keep(cohort_rank(group), cohort_barrier(group));
	cohort_close(group);
}

void scenario_opening_thread_ends(void)
{
	EXPECT(run(open_and_leave).code == 0, "exit status");
	for (int r = 0; r < RANKS; r++)
		EXPECT(shared->slots[r].status == COHORT_OK, "rank %d: %s", r,
		       shared->slots[r].sentence);
}
