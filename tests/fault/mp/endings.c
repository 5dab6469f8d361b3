/* The end of a rank that takes the kernel long, and the end of a thread that
 * looks like the end of a rank. */
#define _GNU_SOURCE
#include "runner.h"
#include "scenarios.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RANKS = 3, READY = 1, IN_CALL = 2 };

static const size_t large = (size_t)2 << 30;
static int victim;

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

static void wait_for_large_rank(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	if (rank == victim) {
		fill_memory();
		reach(rank, READY);
		for (;;)
			pause();
	}
	await(victim, READY);
	reach(rank, IN_CALL);
	keep(rank, cohort_barrier(group));
	cohort_close(group);
}

static void expect_told_early(const char *cause, struct ending ending)
{
	double slowest = 0;

	for (int r = 0; r < RANKS; r++) {
		if (r == victim)
			continue;
		expect_told(r, cause, &slowest);
		EXPECT_WITHIN(shared->event, shared->slots[r].returned, 0.1,
		              "rank %d was told late", r);
	}
	figure("told %.1f ms after rank %d with 2 GB was killed; its memory "
	       "was free after %.0f ms",
	       1e3 * slowest, victim, 1e3 * (ending.all_gone - shared->event));
}

static void kill_large(int rank, const char *cause)
{
	if ((size_t)sysconf(_SC_AVPHYS_PAGES) <
	    2 * large / (size_t)sysconf(_SC_PAGESIZE))
		skip("the machine has no 4 GB of memory free");
	victim = rank;
	start(wait_for_large_rank);
	for (int r = 0; r < RANKS; r++)
		await(r, r == victim ? READY : IN_CALL);
	nap(0.05); /* the others sleep */
	shared->event = now();
	kill(shared->slots[victim].pid, SIGKILL);
	expect_told_early(cause, finish());
}

void scenario_large_rank_killed(void)
{
	kill_large(1, "rank 1 was killed by signal 9 (Killed): memory");
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
