#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "board.h"

#include "check.h"
#include "pace.h"

#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>

enum { RANKS = 64 };

struct board {
	struct {
		double come;
		double gone;
		atomic_bool met;
		atomic_bool done;
	} ranks[RANKS];
};

struct board *board_map(void)
{
	void *memory = mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE,
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

void board_meet(struct board *board, int rank, int size)
{
	atomic_store(&board->ranks[rank].met, true);
	for (int r = 0; r < size; r++)
		await(&board->ranks[r].met, r);
}

void board_come(struct board *board, int rank)
{
	board->ranks[rank].come = now();
}

void board_gone(struct board *board, int rank)
{
	board->ranks[rank].gone = now();
	atomic_store(&board->ranks[rank].done, true);
}

void board_tell(struct board *board, const char *name, int rank, int size,
                int late)
{
	double come = 0;
	double gone = 0;

	if (rank != 0)
		return;
	for (int r = 0; r < size; r++) {
		await(&board->ranks[r].done, r);
		if (r == late)
			continue;
		if (board->ranks[r].come > come)
			come = board->ranks[r].come;
		if (board->ranks[r].gone > gone)
			gone = board->ranks[r].gone;
	}
	const bool soon = pace_within(come, gone, late < 0 ? 1.0 : 0.4);
	printf("mismatch %s: %d ranks told %.3f ms after they had come\n", name,
	       size, 1e3 * (gone - come));
	CHECK(soon, "%s", pace_compared());
	printf("conformance: passed %llu checks, ranks=%d backend=mp\n",
	       check_count(), size);
}
