/* How long a call takes. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "calls.h"
#include "machine.h"

#include <stddef.h>

enum { BLOCKS_MOST = 200 };

/* Seconds of one call, block by block. Block i lies between trips i and i + 1 of a
 * cache line, in seconds, as long as they were asked for (distance.h). */
struct blocks {
	int count;
	double seconds[BLOCKS_MOST];
	double trips[BLOCKS_MOST + 1];
};

struct effort {
	double block_seconds; /* what a block is to take */
	double seconds;       /* what all blocks of a measure may take */
	int blocks;           /* at most */
	bool trips;           /* between the blocks */
};

/*
 * Seconds that one call takes the slowest rank; collective, the same on every
 * rank, at least three blocks. A block is a barrier, and then so many calls
 * that it takes as long as `effort` says. If the buffers are rewritten, every rank
 * writes one word in each line of its send buffer before each call, so that no
 * receiver still has the line. The root of the calls that have one goes round. A block of the same
 * without the call is taken off, for each rank; then the block is the slowest
 * rank's.
 *
 * The caller has a turn (turns.h), and still has one when this returns. Each
 * block has a turn of its own, and since the caches hold other contenders' data
 * then, some calls that do not count come first.
 */
void measure(const struct call *call, const struct buffers *buffers,
             const struct effort *effort, struct blocks *out);

/* The same loop, `count` times and once: for who counts otherwise. */
void measure_loop(const struct call *call, const struct buffers *buffers,
                  size_t count);

#endif
