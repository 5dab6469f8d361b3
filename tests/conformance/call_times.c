#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "call_times.h"

#include "check.h"
#include "pace.h"

#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>

enum { RANKS = 64 };

struct call_times {
	struct {
		double entered;
		double left;
		atomic_bool ready;
		atomic_bool passed;
		atomic_bool done;
	} ranks[RANKS];
};

struct call_times *call_times_map(void)
{
	void *memory =
	    mmap(NULL, sizeof(struct call_times), PROT_READ | PROT_WRITE,
	         MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(memory != MAP_FAILED, "mmap");
	return memory;
}

static void await(atomic_bool *flag, int rank)
{
	const double end = now() + 60; /* detects a hang */

	while (!atomic_load(flag) && now() < end)
		nap(0.0005);
	CHECK(atomic_load(flag), "rank %d still waits", rank);
}

void call_times_barrier(struct call_times *times, int rank, int size)
{
	atomic_store(&times->ranks[rank].ready, true);
	for (int r = 0; r < size; r++)
		await(&times->ranks[r].ready, r);
}

void call_times_pass(struct call_times *times, int rank)
{
	atomic_store(&times->ranks[rank].passed, true);
}

void call_times_await_passes(struct call_times *times, int ranks)
{
	for (int r = 0; r < ranks; r++)
		await(&times->ranks[r].passed, r);
}

void call_times_enter(struct call_times *times, int rank)
{
	times->ranks[rank].entered = now();
}

void call_times_leave(struct call_times *times, int rank)
{
	times->ranks[rank].left = now();
	atomic_store(&times->ranks[rank].done, true);
}

void call_times_report(struct call_times *times, const char *name, int rank,
                       int size, int late)
{
	double entered = 0;
	double left = 0;

	if (rank != 0)
		return;
	for (int r = 0; r < size; r++) {
		await(&times->ranks[r].done, r);
		if (r == late)
			continue;
		if (times->ranks[r].entered > entered)
			entered = times->ranks[r].entered;
		if (times->ranks[r].left > left)
			left = times->ranks[r].left;
	}
	const bool soon = pace_within(entered, left, late < 0 ? 1.0 : 0.4);
	printf("mismatch %s: %d ranks told %.3f ms after the last one had "
	       "entered\n",
	       name, size, 1e3 * (left - entered));
	CHECK(soon, "%s", pace_compared());
	printf("conformance: passed %llu checks, ranks=%d backend=mp\n",
	       check_count(), size);
}
