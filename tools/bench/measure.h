/* How long a call takes, as the OSU benchmarks measure it. */
#ifndef TOOLS_BENCH_MEASURE_H
#define TOOLS_BENCH_MEASURE_H

#include "calls.h"

/* Microseconds of one call (of one task, for tasks): each rank's mean, and of
 * these the average, the least and the greatest. The same on every rank. */
struct bench_times {
	double average;
	double least;
	double greatest;
	size_t iterations;
};

/*
 * Collective. Each rank times its own part of each call, and a barrier that is
 * not timed comes between two calls. `iterations` calls, after some that do
 * not count; 0: as many as take the slowest rank about `seconds`, with the
 * barriers.
 */
cohort_status bench_measure(const struct bench_call *call,
                            const struct bench_data *data, double seconds,
                            size_t iterations, struct bench_times *out);

#endif
