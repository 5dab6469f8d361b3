/* The parts of the floors: what one process does, and what two do. */
#ifndef BENCH_FLOORS_H
#define BENCH_FLOORS_H

#include "trip.h"

#include <stddef.h>
#include <stdint.h>

enum { BLOCKS = 11, LINE = 64 };

/* What two processes share; `data` and `copy` only where bytes are moved. */
struct shared {
	struct word words[2];
	unsigned char *data;
	unsigned char *copy;
	size_t bytes;
};

/* One of two processes, `count` times, the first time with number `first`. The
 * seconds that it took, as far as they count. */
typedef double turns(struct shared *shared, int side, uint32_t first,
                     uint32_t count);

turns pair_trip;
turns pair_flags;
turns pair_switch;
turns pair_futex;
turns pair_fetch;

struct pair {
	const char *name;
	turns *run;
	int core; /* of the second process; the first is on 0 */
	uint32_t count;
	double parts; /* of what is looked for, in one turn */
};

/* Seconds of one part, for each block. */
void pair_time(struct shared *shared, const struct pair *pair,
               double seconds[BLOCKS]);

typedef void *copier(void *to, const void *from, size_t bytes);

/* A loop over vectors; `bytes` is a multiple of LINE. */
copier copy_lines;

/* One number in each line. */
void copy_rewrite(unsigned char *data, size_t bytes, uint32_t number);

/* Seconds of one copy, for each block, the source being rewritten before. */
void copy_time(struct shared *shared, copier *copy, uint32_t count,
               double seconds[BLOCKS]);

#endif
