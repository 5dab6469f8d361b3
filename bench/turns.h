/*
 * One contender at a time. The programs of all contenders run at once, and
 * each rank waits for its turn before whatever takes the machine's time.
 * bench-conductor gives the turns: all ranks of one contender go on, and those
 * of the others sleep meanwhile. Blocks that are compared are so measured
 * within milliseconds of each other.
 */
#ifndef BENCH_TURNS_H
#define BENCH_TURNS_H

#include <stddef.h>
#include <stdint.h>

enum { TURNS_NAME_BYTES = 32 };

/* A rank sends this when it is ready for its next turn, over a connection of its
 * own. The answer is a byte. */
struct turns_ready {
	char contender[TURNS_NAME_BYTES];
	uint64_t measure;
};

/* After all others: what comes once everything is measured. */
#define TURNS_END UINT64_MAX

/* The number of a measure, the same in all contenders, whatever they leave out:
 * they come in the order of these. `bytes` is below 2^48. */
uint64_t turns_measure(size_t call, size_t bytes);

/* Turns are given at the socket `path` from now on; with NULL they are not
 * waited for. Ends the job if there is nobody. */
void turns_open(const char *path, const char *contender);

/* Wait for the first turn of a measure, or for another one of the same. Ends
 * the job if there will be none. */
void turns_first(uint64_t measure);
void turns_next(void);

#endif
