/* A rank that crashes and writes a core file: the kernel marks its end, and closes
 * its sockets, only when the file is written. */
#define _GNU_SOURCE
#include "runner.h"
#include "scenarios.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { RANKS = 3, VICTIM = 1, READY = 1 };

/* Of a file that takes the system long: then others are told before it is there. */
#define LONG_SECONDS 1.0

static const size_t dumped = (size_t)256 << 20;
static char folder[] = "/tmp/cohort-core-XXXXXX";

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

static void crash_in_barrier(void)
{
	const struct rlimit most = {RLIM_INFINITY, RLIM_INFINITY};
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	if (rank == VICTIM) {
		unsigned char *memory =
		    mmap(NULL, dumped, PROT_READ | PROT_WRITE,
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
	reach(rank, READY);
	keep(rank, cohort_barrier(group));
	cohort_close(group);
}

static void remove_folder(void)
{
	char name[sizeof(folder) + 64];

	snprintf(name, sizeof(name), "rm -rf %s", folder);
	if (system(name) != 0)
		EXPECT(false, "%s", name);
}

void scenario_core_file(void)
{
	struct utsname kernel;

	if (uname(&kernel) || atoi(kernel.release) < 6)
		skip("Linux tells the signal of a dump only since 6.0");
	if (SANITIZED || !writes_here())
		skip("a crash writes no core file into the working directory");
	if (!EXPECT(mkdtemp(folder), "mkdtemp"))
		return;
	const struct ending ending = run(crash_in_barrier);
	const double written = ending.all_gone - shared->event;
	double slowest = 0;

	remove_folder();
	for (int r = 0; r < RANKS; r++) {
		if (r == VICTIM)
			continue;
		EXPECT(shared->slots[r].status == COHORT_EPEER &&
		           said(r, "rank 1 was killed by signal 6"),
		       "rank %d: status %d: %s", r, shared->slots[r].status,
		       shared->slots[r].sentence);
		const double told = shared->slots[r].returned - shared->event;
		slowest = told > slowest ? told : slowest;
	}
	figure("told %.1f ms after a rank of 256 MB crashed; its core file was "
	       "there after %.0f ms",
	       1e3 * slowest, 1e3 * written);
	EXPECT(slowest < written || written < LONG_SECONDS,
	       "told %.3f s after the crash, when the core file was there",
	       slowest);
}
