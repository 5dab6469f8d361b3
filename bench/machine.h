/* What both the timing and the floors ask of the machine. */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include <stddef.h>

/* Monotonic, seconds. */
double machine_seconds(void);

/* Read which processors this process may use; before any pinning. Their
 * number, at least 1. */
int machine_cores(void);

/* Stay on the n-th of them, counted round and round. 0, or -1. */
int machine_pin(int n);

/* How often this process has slept, yielded or lost its core, and another one ran. */
double machine_switches(void);

/* KiB of anonymous and shared memory that this process holds, shared pages by
 * its part of them, so that the sum over processes is what they use together.
 * Files mapped, programs and libraries, are not counted. -1: not known. */
double machine_memory(void);

/* Statistics of `count` values, at least 1, which are put in order. */
struct summary {
	double median;
	double least;
	double p90; /* nine of ten are at or below it */
};
struct summary machine_summary(double values[], size_t count);

#endif
