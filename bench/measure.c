#include "measure.h"

#include "distance.h"
#include "transport.h"
#include "turns.h"

enum {
	LINE_DOUBLES = 8,
	BLOCKS_LEAST = 3,
	WARM_PART = 4, /* of a block, one part comes before it */
	GROWTH_MOST = 16,
	CALLS_MOST = 10 * 1000 * 1000
};

/* One word in each cache line. The compiler is not to know that nobody reads
 * it between two calls. */
static void rewrite(const struct buffers *b, size_t stamp)
{
	for (size_t i = 0; i < b->count; i += LINE_DOUBLES)
		b->send[i] = (double)stamp;
	__asm__ volatile("" ::: "memory");
}

void measure_loop(const struct call *call, const struct buffers *b,
                  size_t count)
{
	int root = 0;

	for (size_t i = 0; i < count; i++) {
		if (b->rewritten)
			rewrite(b, i);
		call->run(b, root);
		root = root + 1 < b->size ? root + 1 : 0;
	}
}

static double block(const struct call *call, const struct buffers *b,
                    size_t count)
{
	transport.barrier();
	const double start = machine_seconds();
	measure_loop(call, b, count);
	return machine_seconds() - start;
}

static double slowest(double seconds)
{
	transport.largest(&seconds, 1);
	return seconds;
}

/* The number of calls in a block of about `target` seconds; *taken receives how
 * long the block takes. Every rank gets the same number. */
static size_t calibrate(const struct call *call, const struct buffers *b,
                        double target, double *taken)
{
	size_t count = 1;

	for (;;) {
		*taken = slowest(block(call, b, count));
		if (*taken >= target / 2 || count >= CALLS_MOST)
			return count;
		double growth = target / (*taken + 1e-9);
		if (growth > GROWTH_MOST)
			growth = GROWTH_MOST;
		count = (size_t)((double)count * growth) + 1;
	}
}

static int block_count(const struct effort *effort, double taken)
{
	const double fit = effort->seconds / (taken + 1e-9);

	if (fit < BLOCKS_LEAST)
		return BLOCKS_LEAST;
	return fit < effort->blocks ? (int)fit : effort->blocks;
}

/* The time of the loop without the call, on this rank, while the others run it
 * too: the least of several runs. */
static double loop_seconds(const struct buffers *b, size_t count)
{
	double seconds[BLOCKS_LEAST];

	for (int i = 0; i < BLOCKS_LEAST; i++)
		seconds[i] = block(&call_none, b, count);
	return machine_summary(seconds, BLOCKS_LEAST).least;
}

/* Nobody goes to sleep, which wakes others, before all are done. */
static double turn(const struct call *call, const struct buffers *b,
                   size_t count)
{
	turns_next();
	measure_loop(call, b, (count + WARM_PART - 1) / WARM_PART);
	const double seconds = block(call, b, count);
	transport.barrier();
	return seconds;
}

void measure(const struct call *call, const struct buffers *b,
             const struct effort *effort, struct blocks *out)
{
	double taken;
	const size_t count = calibrate(call, b, effort->block_seconds, &taken);
	const double loop = loop_seconds(b, count);

	out->count = block_count(effort, taken);
	out->trips[0] = effort->trips ? distance_now() : 0;
	for (int i = 0; i < out->count; i++) {
		const double own = turn(call, b, count) - loop;
		out->seconds[i] = own > 0 ? own / (double)count : 0;
		out->trips[i + 1] = effort->trips ? distance_now() : 0;
	}
	turns_next();
	transport.largest(out->seconds, (size_t)out->count);
}
