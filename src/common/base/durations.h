/*
 * How long the tasks of a sweep took, in memory that ranks share: a histogram
 * with 32 bins for each factor of two, so durations are known to 3 %. Any
 * number of processes may add to it and read it at the same time. A task that
 * writes to a wrong address may change it: no number of it is an index.
 */
#ifndef COHORT_COMMON_BASE_DURATIONS_H
#define COHORT_COMMON_BASE_DURATIONS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* From 2^-20 s, a microsecond, to 2^24 s, half a year; one bin more at each
 * end. */
enum { DURATION_BINS = 44 * 32 + 2 };

struct durations {
	_Atomic uint32_t highest; /* bin with a task; 0: none, or it is that */
	_Atomic uint32_t total;
	_Atomic uint32_t bins[DURATION_BINS]; /* tasks in each */
};

/* The numbers of a histogram, to send them. */
struct duration_counts {
	uint32_t bins[DURATION_BINS];
};

void durations_clear(struct durations *durations);

/* Add a task. Cost: two atomic additions. */
void durations_add(struct durations *durations, double seconds);

void durations_add_counts(struct durations *durations,
                          const struct duration_counts *counts);

void durations_read(const struct durations *durations,
                    struct duration_counts *out);

/* False if a task has overwritten it: the tasks of the bins are more or less
 * than there were in all, by more than `adding` processes may be adding just
 * now. Cost: a look at all bins. */
bool durations_are_whole(const struct durations *durations, uint64_t adding);

/* Seconds that no task has exceeded; 0: there was none. Cost: a load. */
double durations_longest(const struct durations *durations);

/* The seconds that the slowest quarter of the tasks exceeded, or took; 0: there
 * was no task. Rounded up to the end of a bin. */
double durations_slow_quarter(const struct durations *durations);

#endif
