/* The task of all contenders: some floating-point work, and what it took. */
#ifndef BENCH_SWEEPS_KERNEL_H
#define BENCH_SWEEPS_KERNEL_H

/* Python knows this layout too: over_python.py. */
struct kernel_result {
	double seconds; /* wall-clock, of the loop alone */
	double value;   /* a whole number, so that sums have no order */
};

/* So many steps of a recurrence, each of which waits for the one before it;
 * 0 steps are an empty task. */
void kernel_run(long steps, struct kernel_result *out);

#endif
