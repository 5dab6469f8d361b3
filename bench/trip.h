/* A cache line goes from one core to another and back. */
#ifndef BENCH_TRIP_H
#define BENCH_TRIP_H

#include <stdatomic.h>
#include <stdint.h>

enum { PAIR_BYTES = 128 };

struct word {
	_Alignas(PAIR_BYTES) _Atomic uint32_t value;
};

/* One of two processes that share two words, each of which writes its own: side 0
 * writes first. `count` rounds of two trips, the first with number `first`, which
 * neither word may have yet. Returns the seconds that they took. */
double trip_rounds(struct word words[2], int side, uint32_t first,
                   uint32_t count);

#endif
