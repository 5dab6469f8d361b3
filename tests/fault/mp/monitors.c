/* The monitor is stopped, or killed when the ranks have become another user; and
 * what it keeps of the program's memory. */
#define _GNU_SOURCE
#include "runner.h"
#include "scenarios.h"

#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	RANKS = 3,
	OPENED = 1,
	USER_CHANGED = 2,
	WAITED = 3,
	NOBODY = 61234,
	MEBIBYTES = 64,
	HEAP_MEBIBYTES = 300,
	STACK_MEBIBYTES = 7,
	EACH_MEBIBYTES = 24, /* of each other kind of memory */
	KINDS = 6,           /* all private */
	SMALL_BYTES = 256 * 1024,
	/* Up to 2 MiB each of heap, stack and other memory, and a little. */
	LEFT_KIB = 7 * 1024
};

static void wait_for_rank_1(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	reach(rank, OPENED);
	if (rank == 1)
		for (;;)
			pause();
	keep(rank, cohort_barrier(group));
	cohort_close(group);
}

static void compute(void)
{
	cohort *group = enter(RANKS, 0);

	reach(cohort_rank(group), OPENED);
	for (;;)
		pause();
}

static pid_t start_and_stop_monitor(void (*program)(void))
{
	const pid_t root = start(program);

	await_all(RANKS, OPENED);
	kill(shared->slots[1].parent, SIGSTOP);
	await_stopped(shared->slots[1].parent);
	shared->event = now();
	return root;
}

/* The ranks see a death themselves, and rank 0 lets the monitor go on when it
 * leaves. If rank 0 is killed, the kernel does. */
void scenario_monitor_stopped(void)
{
	double slowest = 0;

	start_and_stop_monitor(wait_for_rank_1);
	kill(shared->slots[1].pid, SIGKILL);
	finish();
	expect_told(0, "rank 1 was killed by signal 9", &slowest);
	expect_told(2, "rank 1 was killed by signal 9", &slowest);
	figure("told %.1f ms after the death, with a stopped monitor",
	       1e3 * slowest);
	kill(start_and_stop_monitor(compute), SIGKILL);
	const struct ending ending = finish();
	EXPECT_WITHIN(shared->event, ending.all_gone, 0.5, "%s",
	              "peers that compute live on after rank 0");
}

static double around_seconds; /* in which ranks that wait look around */

static void become_nobody_and_compute(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	reach(rank, OPENED);
	if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		_exit(1);
	reach(rank, USER_CHANGED);
	await_all(RANKS, USER_CHANGED);
	if (rank == 0)
		nap(around_seconds);
	keep(rank, cohort_barrier(group));
	reach(rank, WAITED);
	for (;;)
		pause();
}

void scenario_monitor_killed_other_user(void)
{
	if (geteuid() != 0)
		skip("only root can become another user");
	around_seconds = 0.2 * pace_now();
	const pid_t root = start(become_nobody_and_compute);
	await_all(RANKS, WAITED);
	shared->event = now();
	kill(root, SIGKILL);
	kill(shared->slots[1].parent, SIGKILL);
	const struct ending ending = finish();
	EXPECT_WITHIN(shared->event, ending.all_gone, 0.5, "%s",
	              "peers live on after rank 0 and the monitor");
}

static FILE *open_status(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return fopen(path, "re");
}

static long anonymous_kib(pid_t pid)
{
	char line[256];
	long kib = -1;

	FILE *file = open_status(pid, "status");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, "RssAnon:", 8))
			kib = strtol(line + 8, NULL, 10);
	if (file)
		fclose(file);
	return kib;
}

/* Of memory that is shared with forked processes, whether it is used or not. */
static long shared_kib(pid_t pid)
{
	char line[512];
	long kib = 0;

	FILE *file = open_status(pid, "maps");
	while (file && fgets(line, sizeof(line), file)) {
		unsigned long begin;
		unsigned long end;
		if (strstr(line, " /dev/zero (deleted)") &&
		    sscanf(line, "%lx-%lx", &begin, &end) == 2)
			kib += (long)((end - begin) >> 10);
	}
	if (file)
		fclose(file);
	return kib;
}

/* A function that has returned leaves pages of the stack. */
static void use_stack(void)
{
	volatile unsigned char pages[STACK_MEBIBYTES << 20];

	for (size_t i = 0; i < sizeof(pages); i += 1024)
		pages[i] = 1;
}

static void use_mapping(size_t bytes, int protection, int flags, int file)
{
	unsigned char *memory =
	    mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, file, 0);

	EXPECT(memory != MAP_FAILED, "mmap");
	if (memory == MAP_FAILED)
		return;
	memset(memory, 1, bytes);
	EXPECT(!mprotect(memory, bytes, protection), "mprotect");
}

/* Neighbours have different protections, so that they stay apart. */
static void use_small_mappings(size_t bytes)
{
	for (size_t i = 0; i < bytes / SMALL_BYTES; i++)
		use_mapping(SMALL_BYTES, i % 2 ? PROT_READ : PROT_NONE,
		            MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static void use_private_file(size_t bytes)
{
	FILE *file = tmpfile();

	EXPECT(file && !ftruncate(fileno(file), (off_t)bytes), "tmpfile");
	if (!file)
		return;
	use_mapping(bytes, PROT_READ, MAP_PRIVATE, fileno(file));
	fclose(file);
}

static void use_other_memory(size_t bytes)
{
	static unsigned char array[EACH_MEBIBYTES << 20];
	const int anonymous = MAP_PRIVATE | MAP_ANONYMOUS;

	memset(array, 1, sizeof(array));
	use_mapping(bytes, PROT_READ, anonymous, -1);
	use_mapping(bytes, PROT_NONE, anonymous, -1);
	use_mapping(bytes, PROT_READ | PROT_WRITE | PROT_EXEC, anonymous, -1);
	use_mapping(bytes, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1);
	use_small_mappings(bytes);
	use_private_file(bytes);
}

/* Memory of every kind that a program has: a large block, small blocks in the
 * heap, the stack, and mappings. */
static unsigned char *use_memory(size_t bytes)
{
	unsigned char *memory = malloc(bytes);

	EXPECT(memory, "malloc");
	if (memory)
		memset(memory, 1, bytes);
	fill_heap((size_t)HEAP_MEBIBYTES << 20);
	use_stack();
	use_other_memory((size_t)EACH_MEBIBYTES << 20);
	return memory;
}

/* A peer is the monitor's child. */
static void look_at_monitor(void)
{
	const size_t bytes = (size_t)MEBIBYTES << 20;
	const double end = now() + 60; /* detects a hang */
	unsigned char *memory = use_memory(bytes);
	long kib = -1;
	long shared_left = -1;

	cohort *group = enter(RANKS, 0);
	const bool peer = !cohort_is_root(group);
	while (peer &&
	       ((kib = anonymous_kib(getppid())) > LEFT_KIB ||
	        (shared_left = shared_kib(getppid())) > LEFT_KIB) &&
	       now() < end)
		nap(1e-3);
	EXPECT(!peer || (kib >= 0 && kib <= LEFT_KIB),
	       "the monitor keeps %ld KiB", kib);
	EXPECT(!peer || shared_left <= LEFT_KIB,
	       "the monitor keeps %ld KiB of shared memory", shared_left);
	if (cohort_rank(group) == 1) {
		figure("the monitor keeps %ld KiB of %d, and %ld KiB of shared "
		       "memory",
		       kib,
		       (MEBIBYTES + HEAP_MEBIBYTES + STACK_MEBIBYTES +
		        KINDS * EACH_MEBIBYTES)
		           << 10,
		       shared_left);
		_exit(3); /* the monitor still does its work */
	}
	keep(cohort_rank(group), cohort_barrier(group));
	EXPECT(memory && memory[bytes / 2] == 1, "a rank's memory");
	free(memory);
	cohort_close(group);
}

void scenario_monitor_memory(void)
{
	if (SANITIZED)
		skip("the sanitizers' memory is not released");
	shared->event = now();
	run(look_at_monitor);
	for (int r = 0; r < RANKS; r += 2)
		EXPECT(shared->slots[r].status == COHORT_EPEER &&
		           said(r, "rank 1 has left the program"),
		       "rank %d: %s", r, shared->slots[r].sentence);
}
