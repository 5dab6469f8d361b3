#include "durations.h"

#include <string.h>

/* The bits of a double from its sign to the fifth of its fraction. Of positive
 * numbers, they grow with the number. */
enum { SHIFT = 47, LEAST = (1023 - 20) << 5 };

static double double_of_bits(uint64_t bits)
{
	double seconds;

	memcpy(&seconds, &bits, sizeof(seconds));
	return seconds;
}

/* The end of a bin: durations in it are shorter. */
static double end_of_bin(uint32_t bin)
{
	return double_of_bits((uint64_t)(LEAST + bin) << SHIFT);
}

static uint32_t bin_of(double seconds)
{
	uint64_t bits;

	if (!(seconds >= end_of_bin(0)))
		return 0;
	if (seconds >= end_of_bin(DURATION_BINS - 2))
		return DURATION_BINS - 1;
	memcpy(&bits, &seconds, sizeof(bits));
	return (uint32_t)(bits >> SHIFT) - LEAST + 1;
}

static void add_durations(struct durations *durations, uint32_t bin,
                          uint32_t tasks)
{
	uint32_t highest =
	    atomic_load_explicit(&durations->highest, memory_order_relaxed);

	while (highest < bin && !atomic_compare_exchange_weak(
	                            &durations->highest, &highest, bin))
		;
	atomic_fetch_add_explicit(&durations->bins[bin], tasks,
	                          memory_order_relaxed);
	atomic_fetch_add_explicit(&durations->total, tasks,
	                          memory_order_relaxed);
}

void durations_clear(struct durations *durations)
{
	atomic_store(&durations->highest, 0);
	atomic_store(&durations->total, 0);
	for (int i = 0; i < DURATION_BINS; i++)
		atomic_store_explicit(&durations->bins[i], 0,
		                      memory_order_relaxed);
}

void durations_add(struct durations *durations, double seconds)
{
	add_durations(durations, bin_of(seconds), 1);
}

void durations_add_counts(struct durations *durations,
                          const struct duration_counts *counts)
{
	for (uint32_t i = 0; i < DURATION_BINS; i++)
		if (counts->bins[i] > 0)
			add_durations(durations, i, counts->bins[i]);
}

void durations_read(const struct durations *durations,
                    struct duration_counts *out)
{
	for (int i = 0; i < DURATION_BINS; i++)
		out->bins[i] = atomic_load_explicit(&durations->bins[i],
		                                    memory_order_relaxed);
}

bool durations_are_whole(const struct durations *durations, uint64_t adding)
{
	const uint64_t total = atomic_load(&durations->total);
	uint64_t tasks = 0;

	for (int i = 0; i < DURATION_BINS; i++)
		tasks += atomic_load_explicit(&durations->bins[i],
		                              memory_order_relaxed);
	return tasks + adding >= total && tasks <= total + adding;
}

static uint32_t highest_bin(const struct durations *durations)
{
	const uint32_t bin =
	    atomic_load_explicit(&durations->highest, memory_order_relaxed);

	return bin < DURATION_BINS ? bin : DURATION_BINS - 1;
}

double durations_longest(const struct durations *durations)
{
	return atomic_load_explicit(&durations->total, memory_order_relaxed)
	           ? end_of_bin(highest_bin(durations))
	           : 0;
}

double durations_slow_quarter(const struct durations *durations)
{
	const uint64_t total =
	    atomic_load_explicit(&durations->total, memory_order_relaxed);
	const uint64_t quarter = (total + 3) / 4;
	uint64_t tasks = 0;

	if (total == 0)
		return 0;
	for (uint32_t bin = highest_bin(durations); bin > 0; bin--) {
		tasks += atomic_load_explicit(&durations->bins[bin],
		                              memory_order_relaxed);
		if (tasks >= quarter)
			return end_of_bin(bin);
	}
	return end_of_bin(0);
}
